import { BaseOutputParser } from '@mortise/core/parser';

/** What is read out of an answer. */
export interface AcmeVerdict {
  /** What was decided. */
  verdict: string;
  /** From 0 to 100. */
  confidence: number;
}

/** Reads `VERDICT: ... (NN%)` out of a model's answer, wherever it stands. */
export class AcmeParser extends BaseOutputParser<AcmeVerdict> {
  // REPLACE: the instructions for the model.
  override instructions(): string {
    return 'End with one line: VERDICT: your verdict (your confidence in percent, such as 80%)';
  }

  // REPLACE: how the value is read. What is thrown here reaches the caller as a `parse` error, with the text.
  doParse(text: string): AcmeVerdict {
    const lines = text.split('\n');
    for (const line of lines.reverse()) {
      const [, verdict, percent] = /^\W*VERDICT:\s*(.+?)\s*\((\d{1,3})\s*%\)\W*$/i.exec(line) ?? [];
      if (verdict !== undefined) return { verdict, confidence: Math.min(100, Number(percent)) };
    }
    throw new Error('There is no line "VERDICT: ... (NN%)" in the answer.');
  }
}
