import { BaseOutputParser, parserError } from '@mortise/core/parser';

/** A vendor's parser, as one writes it who has the packages and nothing of this repository: the 7 of `Score: 7/10`. */
export class AcmeScoreParser extends BaseOutputParser<number> {
  override instructions(): string {
    return 'End with one line such as "Score: 7/10".';
  }

  doParse(text: string): number {
    const [line = '', score] = /^Score:\s*(\d{1,2})\/10$/m.exec(text.trimEnd()) ?? [];
    if (score === undefined) {
      const expected = 'a line such as "Score: 7/10"';
      throw parserError('parse', `There is no score: expected ${expected}.`, { text, position: 0, expected });
    }
    if (Number(score) <= 10) return Number(score);
    const position = text.indexOf(line);
    throw parserError('validation', `The score is ${score}: expected at most 10.`, {
      text,
      position,
      expected: 'at most 10',
    });
  }
}
