import { cuts, lastOf, outcomeOf, randomCut, randomTexts, units, type ParserCase } from './lab.ts';

/** P-01: a text has one value, however it comes. And C-05, for values. */
export const valueCases: readonly ParserCase[] = [
  {
    id: 'parse.samples',
    rule: 'P-01',
    title: 'gives the value of each sample',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text, value } of subject.samples)
        check.equal(
          await outcomeOf(() => parser.parse(text)),
          { value },
          `the value of ${JSON.stringify(text)}`,
        );
    },
  },
  {
    id: 'parse.together',
    rule: 'P-01',
    title: 'keeps texts apart that are read at the same time',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      const reads = subject.samples.flatMap(({ text, value }) => [
        { value, read: () => parser.parse(text) },
        ...(parser.stream === undefined ? [] : [{ value, read: () => lastOf(parser, units(text)) }]),
      ]);
      const outcomes = await Promise.all(reads.map(({ read }) => outcomeOf(read)));
      check.equal(
        outcomes,
        reads.map(({ value }) => ({ value })),
        'the values of texts that were read at the same time',
      );
    },
  },
  {
    id: 'parse.fresh',
    rule: 'C-05',
    title: 'gives every caller a value of his own',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text, value } of subject.samples) {
        const first = await outcomeOf(() => parser.parse(text));
        if ('value' in first) mutate(first.value);
        check.equal(
          await outcomeOf(() => parser.parse(text)),
          { value },
          `${JSON.stringify(text)}, read again after the first value was changed`,
        );
      }
    },
  },
  {
    id: 'stream.cuts',
    rule: 'P-01',
    title: 'ends with what parse gives, wherever the text is cut',
    requires: ['stream'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text, value } of subject.samples)
        for (const pieces of cuts(text))
          check.equal(
            await outcomeOf(() => lastOf(parser, pieces)),
            { value },
            `the last value of ${JSON.stringify(pieces)}`,
          );
    },
  },
  {
    id: 'stream.random',
    rule: 'P-01',
    title: 'ends as parse does on texts that nobody expects',
    requires: ['stream'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const [at, text] of randomTexts(subject, 120).entries()) {
        const pieces = randomCut(text, at);
        const whole = await outcomeOf(() => parser.parse(text));
        const streamed = await outcomeOf(() => lastOf(parser, pieces));
        check.equal(streamed, whole, `the end of ${JSON.stringify(pieces)}`);
      }
    },
  },
];

/** Changes a value wherever it can be changed. */
function mutate(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(mutate);
    value.push('spoilt');
  } else if (value instanceof Date) value.setTime(0);
  else if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(mutate);
    for (const key of Object.keys(value)) Reflect.deleteProperty(value, key);
  }
}
