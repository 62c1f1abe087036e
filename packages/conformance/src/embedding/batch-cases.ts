import { isObject } from '@mortise/core/shared';
import type { EmbeddedText } from '@mortise/core/embedding';
import { abortable, closesEarly, failing, pause, settled, waitFor } from '../shared/helpers.ts';
import {
  askedFor,
  batchAt,
  batchesOf,
  checkVectors,
  connect,
  dialectOf,
  SERVER,
  respondWith,
  type EmbeddingCase,
  type EmbeddingCaseContext,
} from './lab.ts';

const HANDING = ['on-batch', ...SERVER];
const NO = { status: 400, message: 'No.' };

/** M-01 and M-04: more texts than a request takes. */
export const batchCases: readonly EmbeddingCase[] = [
  {
    id: 'batch.sizes',
    rule: 'M-01',
    title: 'sends no more texts in a request than it declares, and places all vectors',
    requires: SERVER,
    async run(context) {
      const { check, subject } = context;
      // The first request is answered last.
      const { model, wire } = await connect(context, async (request, reply, n) => {
        if (n === 0) await pause(60);
        return respondWith(subject)(request, reply, n);
      });
      const texts = [...batchesOf(subject, 3), 'one more'];
      const { embeddings } = await model.embedTexts(texts);
      checkVectors(context, embeddings, texts, 'embedTexts');
      const sizes = askedFor(context, wire).map(({ length }) => length);
      check.ok(
        Math.max(...sizes) <= subject.declares.maxBatchSize,
        `the requests have ${sizes.join()} texts`,
      );
      check.equal(askedFor(context, wire).flat().toSorted(), texts.toSorted(), 'the texts that were sent');
    },
  },
  {
    id: 'batch.concurrency',
    rule: 'M-01',
    title: 'keeps at most `concurrency` requests under way, and that many',
    requires: SERVER,
    async run(context) {
      const { model, wire } = await connect(context, together(context));
      await model.embedTexts(batchesOf(context.subject, 6), { concurrency: 2 });
      context.check.equal(wire.peak, 2, 'the most requests at once');
    },
  },
  {
    id: 'batch.concurrency.default',
    rule: 'M-01',
    title: 'bounds requests under way by itself',
    requires: SERVER,
    async run(context) {
      const { model, wire } = await connect(context, together(context));
      await model.embedTexts(batchesOf(context.subject, 12));
      context.check.ok(wire.peak < 12, `all ${wire.peak} requests were under way at once`);
    },
  },
  {
    id: 'batch.pool',
    rule: 'M-01',
    title: 'does not let a slow request hold up the ones after it',
    requires: SERVER,
    async run(context) {
      let answered = 0;
      const { model } = await connect(context, async (request, reply, n) => {
        if (n === 0)
          context.check.ok(await waitFor(() => answered === 5), `only ${answered} others were sent`);
        await respondWith(context.subject)(request, reply, n);
        answered++;
      });
      await model.embedTexts(batchesOf(context.subject, 6), { concurrency: 2, timeoutMs: 60_000 });
      context.check.equal(answered, 6, 'the requests that were answered');
    },
  },
  {
    id: 'batch.retry',
    rule: 'M-01',
    title: 'sends only the request again that failed',
    requires: SERVER,
    async run(context) {
      const { subject } = context;
      const down = failing(dialectOf(subject), { status: 500, message: 'Not now.' });
      const { model, wire } = await connect(context, (request, reply, n) =>
        (n === 1 ? down : respondWith(subject))(request, reply, n),
      );
      const texts = batchesOf(subject, 3);
      const { embeddings } = await model.embedTexts(texts, { concurrency: 1 });
      checkVectors(context, embeddings, texts, 'embedTexts');
      context.check.equal(wire.requests.length, 4, 'the requests');
    },
  },
  {
    id: 'batch.progress',
    rule: 'M-01',
    title: 'tells of its progress, up to the last text',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const texts = batchesOf(context.subject, 2);
      const done: [number, number | undefined][] = [];
      await model.embedTexts(texts, { onProgress: (progress) => done.push([progress.done, progress.total]) });
      context.check.equal(done.at(-1), [texts.length, texts.length], 'the last progress');
      context.check.equal(
        done.toSorted(([a], [b]) => a - b),
        done,
        'the progress',
      );
      context.check.ok(done.length >= 2, `it told of ${done.length} steps`);
    },
  },
  {
    id: 'batch.siblings',
    rule: 'M-01',
    title: 'cancels the requests beside one that failed, and starts no more',
    requires: SERVER,
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(context, async (request, reply, n) => {
        if (n !== 0) return;
        await waitFor(() => wire.requests.length === 3);
        await failing(dialectOf(subject), NO)(request, reply, n);
      });
      const call = model.embedTexts(batchesOf(subject, 6), { concurrency: 3 });
      await check.error(check.within(5_000, call, 'embedTexts'), 'invalid-request', 'embedTexts');
      for (const at of [1, 2]) await closesEarly(check, wire.requests[at]?.closedEarly, `request ${at}`);
      check.equal(wire.requests.length, 3, 'the requests');
    },
  },
  {
    id: 'batch.partial',
    rule: 'M-04',
    title: 'carries what was finished in the error',
    requires: SERVER,
    async run(context) {
      const { check, subject } = context;
      const { model } = await connect(context, failsSecond(context));
      const texts = batchesOf(subject, 3);
      const error = await check.error(
        model.embedTexts(texts, { concurrency: 1 }),
        'invalid-request',
        'embedTexts',
      );
      const partial = isObject(error.partial) ? error.partial['embeddings'] : undefined;
      const embeddings = Array.isArray(partial) ? (partial as (Float32Array | undefined)[]) : [];
      const first = batchAt(subject, texts, 0);
      checkVectors(context, embeddings.slice(0, first.length), first, 'what was finished');
      check.ok(
        embeddings.slice(first.length).every((vector) => vector === undefined),
        'it made up vectors',
      );
    },
  },
  {
    id: 'batch.partial.kept',
    rule: 'M-04',
    title: 'hands to `onBatch` what was finished before a failure',
    requires: HANDING,
    async run(context) {
      const { check, subject } = context;
      const { model } = await connect(context, failsSecond(context));
      const texts = batchesOf(subject, 2);
      const kept = keeper();
      const call = model.embedTexts(texts, { concurrency: 1, onBatch: kept.onBatch });
      await check.error(call, 'invalid-request', 'embedTexts');
      isKept(context, kept.items, batchAt(subject, texts, 0));
    },
  },
  {
    id: 'batch.abort.kept',
    rule: 'M-04',
    title:
      "rejects with exactly the signal's reason between two requests, and has handed over what was finished",
    requires: HANDING,
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(context, (request, reply, n) =>
        n === 0 ? respondWith(subject)(request, reply, n) : undefined,
      );
      const { controller, reason } = abortable();
      const texts = batchesOf(subject, 2);
      const kept = keeper();
      const options = { concurrency: 1, signal: controller.signal, onBatch: kept.onBatch };
      const call = model.embedTexts(texts, options);
      call.catch(() => undefined);
      check.ok(await waitFor(() => wire.requests.length === 2), 'the second request was not sent');
      controller.abort(reason);
      const thrown = await check.within(2_000, check.rejects(call, 'embedTexts'), 'embedTexts');
      check.ok(thrown === reason, "it did not reject with the signal's reason");
      isKept(context, kept.items, batchAt(subject, texts, 0));
    },
  },
];

/** Answers when no more requests come: all that are sent without an answer have met. */
function together(context: EmbeddingCaseContext): ReturnType<typeof respondWith> {
  let arrived = 0;
  return async (request, reply, n) => {
    arrived++;
    await settled(() => arrived);
    return respondWith(context.subject)(request, reply, n);
  };
}

function failsSecond({ subject }: EmbeddingCaseContext): ReturnType<typeof respondWith> {
  return (request, reply, n) =>
    (n === 0 ? respondWith(subject) : failing(dialectOf(subject), NO))(request, reply, n);
}

function keeper(): {
  readonly items: EmbeddedText[];
  readonly onBatch: (batch: readonly EmbeddedText[]) => void;
} {
  const items: EmbeddedText[] = [];
  return { items, onBatch: (batch) => void items.push(...batch) };
}

/** The first texts of the list were handed over, each at its place with its vector. */
function isKept(
  context: EmbeddingCaseContext,
  items: readonly EmbeddedText[],
  texts: readonly string[],
): void {
  const inOrder = items.toSorted((a, b) => a.index - b.index);
  context.check.equal(
    inOrder.map(({ index, input }) => [index, input]),
    [...texts.entries()],
    'what was handed over',
  );
  const vectors = inOrder.map(({ embedding }) => embedding);
  checkVectors(context, vectors, texts, 'what was handed over');
}
