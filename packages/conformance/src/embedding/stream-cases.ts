import { abortable, closesEarly, collect, pause, waitFor } from '../shared/helpers.ts';
import { listenerCase } from '../shared/abort-cases.ts';
import { failing } from '../shared/helpers.ts';
import {
  askedFor,
  batchesOf,
  checkVectors,
  connect,
  dialectOf,
  SERVER,
  respondWith,
  type EmbeddingCase,
  type EmbeddingCaseContext,
} from './lab.ts';
import { distance } from './request-cases.ts';

/** M-07: more than memory holds. */
export const streamCases: readonly EmbeddingCase[] = [
  {
    id: 'stream.order',
    rule: 'M-07',
    title: 'yields in the order of its source, whatever comes first',
    requires: [],
    async run(context) {
      const { model } = await connect(
        context,
        context.subject.dialect === undefined
          ? undefined
          : async (request, reply, n) => {
              if (n === 0) await pause(60);
              return respondWith(context.subject)(request, reply, n);
            },
      );
      const texts = batchesOf(context.subject, 3);
      const all = await collect(model.embedStream(texts));
      context.check.equal(
        all.map(({ input }) => input),
        texts,
        'the texts',
      );
      context.check.equal(
        all.map(({ index }) => index),
        [...texts.keys()],
        'the places',
      );
      checkVectors(
        context,
        all.map(({ embedding }) => embedding),
        texts,
        'the vectors',
      );
      if (context.subject.dialect !== undefined) return;
      // Nobody knows the vectors of a model without a server but the model.
      for (const at of [0, texts.length >> 1, texts.length - 1]) {
        const alone = await model.embedText(texts[at] ?? '');
        const apart = distance(alone, all[at]?.embedding);
        context.check.ok(apart < 1e-4, `the vector of text ${at} is ${apart} from that of the text alone`);
      }
    },
  },
  {
    id: 'stream.lazy',
    rule: 'M-07',
    title: 'reads and sends nothing before it is read',
    requires: [],
    async run(context) {
      const { model, wire } = await connect(context);
      const source = endless();
      const stream = model.embedStream(source.texts);
      await pause(50);
      context.check.equal([source.taken, wire.requests.length], [0, 0], 'texts taken and requests sent');
      await take(stream, 1);
      context.check.ok(source.taken > 0, 'it took no texts of its source');
    },
  },
  {
    id: 'stream.bounded',
    rule: 'M-07',
    title: 'takes no more of its source than it can soon hand out',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const source = endless();
      const reader = model.embedStream(source.texts, { concurrency: 1 })[Symbol.asyncIterator]();
      context.after(() => reader.return?.());
      const first = await reader.next();
      context.check.equal(first.done, false, 'the end after the first');
      // What reads ahead without bound does so while its reader pauses.
      await pause(200);
      const bound = 16 * context.subject.declares.maxBatchSize;
      context.check.ok(source.taken <= bound, `it took ${source.taken} texts for one that was read`);
    },
  },
  {
    id: 'stream.full-batches',
    rule: 'M-01',
    title: 'fills its batches also for a reader that is slower than the provider',
    requires: SERVER,
    async run(context) {
      const { model, wire } = await connect(context);
      const texts = batchesOf(context.subject, 6);
      let read = 0;
      for await (const _item of model.embedStream(texts, { concurrency: 1 })) {
        // At first everything that it may read ahead is there, then one more place at a time.
        if (read === 0) await pause(100);
        else if (read < 20) await pause(5);
        read++;
      }
      context.check.equal(read, texts.length, 'the texts');
      context.check.equal(
        askedFor(context, wire).map(({ length }) => length),
        Array.from({ length: 6 }, () => context.subject.declares.maxBatchSize),
        'the texts of each request',
      );
    },
  },
  {
    id: 'stream.single-use',
    rule: 'M-07',
    title: 'refuses a second reader',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const stream = model.embedStream(['a']);
      await collect(stream);
      await context.check.error((async () => collect(stream))(), 'invalid-request', 'a second reader');
    },
  },
  {
    id: 'stream.leave',
    rule: 'M-07',
    title: 'can be left while a request hangs, and closes its connection and its source',
    requires: SERVER,
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(context, (request, reply, n) =>
        n === 0 ? respondWith(subject)(request, reply, n) : undefined,
      );
      const source = endless();
      const reader = model.embedStream(source.texts, { concurrency: 1 })[Symbol.asyncIterator]();
      await reader.next();
      check.ok(await waitFor(() => wire.requests.length === 2), 'it did not read ahead');
      await check.within(1_000, Promise.resolve(reader.return?.()), 'return()');
      await closesEarly(check, wire.requests[1]?.closedEarly, 'the request under way');
      check.ok(await waitFor(() => source.closed, 1_000), 'the source was not closed');
    },
  },
  {
    id: 'stream.source-fails',
    rule: 'M-07',
    title: "rejects with its source's error, after what came before it",
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const broken = new Error('The source broke.');
      const seen: string[] = [];
      const stream = model.embedStream(
        (async function* (): AsyncGenerator<string> {
          yield 'a';
          yield 'b';
          await waitFor(() => seen.length === 2);
          throw broken;
        })(),
      );
      const read = async (): Promise<void> => {
        for await (const { input } of stream) seen.push(input as string);
      };
      const thrown = await context.check.rejects(read(), 'the stream');
      context.check.ok(thrown === broken, `it rejected with ${String(thrown)}`);
      context.check.equal(seen, ['a', 'b'], 'what came before');
    },
  },
  {
    id: 'stream.abort',
    rule: 'C-01',
    title: "ends with exactly the signal's reason, between two texts too",
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const { controller, reason } = abortable();
      const { texts } = endless();
      const reader = model.embedStream(texts, { signal: controller.signal })[Symbol.asyncIterator]();
      await reader.next();
      controller.abort(reason);
      const rest = async (): Promise<void> => {
        while ((await reader.next()).done !== true);
      };
      const thrown = await context.check.within(
        2_000,
        context.check.rejects(rest(), 'the stream'),
        'the stream',
      );
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
    },
  },
  listenerCase<EmbeddingCaseContext['subject']>(SERVER, async (context) => {
    const { subject } = context;
    const refused = failing(dialectOf(subject), { status: 400, message: 'No.' });
    const { model } = await connect(context, (request, reply, n) =>
      (n % 3 === 2 ? refused : respondWith(subject))(request, reply, n),
    );
    return (signal) => [
      model.embedTexts(['a', 'b'], { signal }),
      model.embedQuery('c', { signal }),
      collect(model.embedStream(['d'], { signal })),
      take(model.embedStream(['e', 'f'], { signal }), 1),
    ];
  }),
];

interface Source {
  readonly texts: AsyncIterable<string>;
  readonly taken: number;
  readonly closed: boolean;
}

/** Texts without end, and how many of them were taken. */
function endless(): Source {
  let taken = 0;
  let closed = false;
  async function* generate(): AsyncGenerator<string> {
    try {
      for (;;) yield `text ${taken++}`;
    } finally {
      closed = true;
    }
  }
  return {
    texts: { [Symbol.asyncIterator]: generate },
    get taken() {
      return taken;
    },
    get closed() {
      return closed;
    },
  };
}

async function take<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of source) if (taken.push(item) === count) break;
  return taken;
}
