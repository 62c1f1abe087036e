import { BaseOutputParser } from '@mortise/core/parser';

/** What is read out of an answer. */
export interface FrozenVerdict {
  /** What was decided. */
  verdict: string;
  /** From 0 to 100. */
  confidence: number;
}

/** Reads `VERDICT: ... (NN%)` out of a model's answer, wherever it stands. */
export class FrozenParser extends BaseOutputParser<FrozenVerdict> {
  override instructions(): string {
    return 'End with one line: VERDICT: your verdict (your confidence in percent, such as 80%)';
  }
  doParse(text: string): FrozenVerdict {
    const lines = text.split('\n');
    for (const line of lines.reverse()) {
      const [, verdict, percent] = /^\W*VERDICT:\s*(.+?)\s*\((\d{1,3})\s*%\)\W*$/i.exec(line) ?? [];
      if (verdict !== undefined) return { verdict, confidence: Math.min(100, Number(percent)) };
    }
    throw new Error('There is no line "VERDICT: ... (NN%)" in the answer.');
  }
}
