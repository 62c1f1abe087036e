import { BaseOutputParser, parserError } from '@mortise/core/parser';

/** Seconds, from `1h 30m` and the like. */
export class DurationParser extends BaseOutputParser<number> {
  override instructions(): string {
    return 'Answer with one duration such as 1h 30m or 45s, and nothing else.';
  }

  doParse(text: string): number {
    const match = /^\W*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+)\s*s)?\W*$/i.exec(text);
    const [, hours, minutes, seconds] = match ?? [];
    if (hours === undefined && minutes === undefined && seconds === undefined) {
      const expected = 'a duration such as 1h 30m';
      throw parserError('parse', `The reply is not a duration: expected ${expected}.`, {
        text,
        position: 0,
        expected,
      });
    }
    return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  }
}
