import { Chunks, cuts, outcomeOf, shownOf, stalls, streamOf, units, type ParserCase } from './lab.ts';

/** Copies of members that one character pays for: the bound of core's JSON is 64. */
const COPIES_PER_CHARACTER = 100;
const FREE_COPIES = 100_000;
const ITEMS = 6_000;

/** P-02, and what becomes of the source. */
export const streamCases: readonly ParserCase[] = [
  {
    id: 'stream.shown',
    rule: 'P-02',
    title: 'shows values while the text is still coming',
    requires: ['stream', 'snapshots'],
    async run({ subject, check }) {
      const parser = subject.create();
      let early = 0;
      for (const { text } of subject.samples) {
        const chunks = new Chunks(units(text));
        for await (const _ of streamOf(parser, chunks)) if (chunks.pulled < text.length) early++;
      }
      check.ok(early > 0, 'no value was shown before the last character was there');
    },
  },
  {
    id: 'stream.kept',
    rule: 'P-02',
    title: 'never changes a value that it has shown',
    requires: ['stream', 'snapshots'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text } of subject.samples) {
        const kept: [unknown, unknown][] = [];
        for await (const value of streamOf(parser, new Chunks(units(text))))
          kept.push([value, structuredClone(value)]);
        for (const [at, [value, then]] of kept.entries())
          check.equal(value, then, `value ${at} of ${JSON.stringify(text)}, when the text was over`);
      }
    },
  },
  {
    id: 'stream.nothing',
    rule: 'P-02',
    title: 'shows nothing for a chunk that adds nothing',
    requires: ['stream', 'snapshots'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text } of subject.samples) {
        const plain = await shownOf(parser, units(text));
        const padded = await shownOf(parser, cuts(text)[2]!);
        check.equal(padded.length, plain.length, `the number of values with empty chunks in between`);
      }
    },
  },
  {
    id: 'stream.linear',
    rule: 'P-02',
    title: 'shares what values have in common, so that a long text costs no more for each character',
    requires: ['stream', 'snapshots', 'long'],
    async run({ subject, check }) {
      const text = subject.long!(ITEMS);
      const size = Math.ceil(text.length / ITEMS);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
        text.slice(n * size, (n + 1) * size),
      );
      const chunks = new Chunks(pieces);
      const most = text.length * COPIES_PER_CHARACTER + FREE_COPIES;
      const copied = copies(most);
      for await (const value of streamOf(subject.create(), chunks)) {
        // Not to the end of what is quadratic.
        if (copied(value) > most) break;
      }
      check.ok(
        copied(undefined) <= most,
        `${text.length} characters made more than ${most} copies of members`,
      );
      check.equal(chunks.pulled, pieces.length + 1, 'how often a chunk was asked for');
    },
  },
  {
    id: 'stream.pulls',
    rule: 'P-02',
    title: 'opens its source when it is read, once, and asks for each chunk once, to the end',
    requires: ['stream'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text } of subject.samples) {
        const chunks = new Chunks([...units(text), ' ']);
        const stream = streamOf(parser, chunks);
        await Promise.resolve();
        check.equal([chunks.opened, chunks.pulled], [0, 0], 'what was asked for before anybody read');
        await outcomeOf(async () => {
          for await (const _ of stream);
        });
        check.equal([chunks.opened, chunks.pulled], [1, text.length + 2], 'what was asked for in the end');
      }
    },
  },
  {
    id: 'stream.leave',
    rule: 'L-06',
    title: 'closes its source when it is left',
    requires: ['stream', 'snapshots'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text } of subject.samples) {
        const chunks = new Chunks(units(text), stalls);
        const iterator = streamOf(parser, chunks)[Symbol.asyncIterator]();
        const first = await Promise.race([iterator.next(), chunks.drained.then(() => 'stalled' as const)]);
        if (first === 'stalled') continue;
        await check.within(1_000, Promise.resolve(iterator.return?.()), 'leaving');
        check.equal(chunks.closed, 1, 'how often the source was closed');
      }
      check.ok(check.count > 0, 'no sample shows a value before its end');
    },
  },
  {
    id: 'stream.leave-stalled',
    rule: 'L-06',
    title: 'settles at once when it is left while its source is silent, and closes that',
    requires: ['stream'],
    async run({ subject, check }) {
      const chunks = new Chunks([], stalls);
      const iterator = streamOf(subject.create(), chunks)[Symbol.asyncIterator]();
      const pending = iterator.next();
      await check.within(1_000, chunks.drained, 'asking for a chunk');
      await check.within(1_000, Promise.resolve(iterator.return?.()), 'leaving');
      const over = { value: { done: true, value: undefined } };
      check.equal(
        await check.within(
          1_000,
          outcomeOf(() => pending),
          'what was waited for',
        ),
        over,
        'what was waited for',
      );
      check.equal(await outcomeOf(() => iterator.next()), over, 'what comes after leaving');
      check.equal(chunks.closed, 1, 'how often the source was closed');
    },
  },
  {
    id: 'stream.source-fails',
    rule: 'P-03',
    title: 'passes on unchanged what its source throws, and calls no cut text whole',
    requires: ['stream'],
    async run({ subject, check }) {
      const reason = { why: 'the connection was cut' };
      for (const { text } of subject.samples) {
        // Behind the whole text too: a reply that is cut there is not known to be whole.
        const chunks = new Chunks(units(text), () => Promise.reject(reason));
        const read = async (): Promise<void> => {
          for await (const _ of streamOf(subject.create(), chunks));
        };
        check.ok((await check.rejects(read(), 'a source that fails')) === reason, 'it threw something else');
      }
    },
  },
];

/** Counts the members of all objects and arrays that it has not met before, up to a little above `most`. */
function copies(most: number): (value: unknown) => number {
  const seen = new WeakSet<object>();
  let count = 0;
  return (value) => {
    const rest = [value];
    for (let next = rest.pop(); rest.length > 0 || next !== undefined; next = rest.pop()) {
      if (typeof next !== 'object' || next === null || seen.has(next)) continue;
      if (count > most) return count;
      seen.add(next);
      const members = Object.values(next);
      count += members.length + 1;
      for (const member of members) if (typeof member === 'object') rest.push(member);
    }
    return count;
  };
}
