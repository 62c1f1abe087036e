import type { RankedDocument, RerankOptions } from '@mortise/core/reranker';
import { objectAt } from '../dialects/answer.ts';
import { listenerCase } from '../shared/abort-cases.ts';
import { closesEarly, failing, isPlain, pause, waitFor } from '../shared/helpers.ts';
import type { RerankerSubject } from './subject.ts';
import {
  connect,
  dialectOf,
  DOCUMENTS,
  manyDocuments,
  QUERY,
  ranked,
  respondWith,
  SERVER,
  type RerankerCase,
  type RerankerCaseContext,
} from './lab.ts';

const BOUNDED = { deadlineMs: 20_000 };
const NO = { status: 400, message: 'No.' };

/** K-01 to K-03, and what is sent. */
export const rankCases: readonly RerankerCase[] = [
  {
    id: 'metadata.declared',
    rule: 'K-03',
    title: 'tells applications of the same as this suite',
    requires: [],
    async run(context) {
      const { reranker, wire } = await connect(context);
      context.check.equal(reranker.metadata, context.subject.declares, 'metadata');
      context.check.ok(reranker.provider !== '' && reranker.model !== '', 'provider and model have no name');
      context.check.equal(wire.requests.length, 0, 'the requests that metadata took');
    },
  },
  {
    id: 'rank.sent',
    rule: 'K-01',
    title: 'sends the query, the documents in their order, and how many are wanted',
    requires: SERVER,
    async run(context) {
      const { reranker, wire } = await connect(context);
      await reranker.rerank(QUERY, DOCUMENTS, { topN: 2 });
      const dialect = dialectOf(context.subject);
      const sent = wire.requests.map((request) => [
        dialect.query(request),
        dialect.documents(request),
        dialect.topN(request),
      ]);
      context.check.equal(sent, [[QUERY, DOCUMENTS, 2]], 'what was sent');
    },
  },
  {
    id: 'rank.model',
    rule: 'K-01',
    title: "sends the model's name",
    requires: ['wire:model'],
    async run(context) {
      const { reranker, wire } = await connect(context);
      await reranker.rerank(QUERY, DOCUMENTS);
      const sent = wire.requests.map((request) => dialectOf(context.subject).model?.(request));
      context.check.equal(sent, [reranker.model], 'the model of each request');
    },
  },
  {
    id: 'rank.usage.no-count',
    rule: 'K-01',
    title: 'leaves out a usage that is negative or a fraction',
    requires: ['wire:usage'],
    async run(context) {
      for (const [count, expected] of [
        [3, [3]],
        [-5, []],
        [1.5, []],
      ] as const) {
        const edit = (body: object) => ({ ...body, ...dialectOf(context.subject).usage?.(count) });
        const { reranker } = await connect(context, respondWith(context.subject, { edit }));
        const { usage, results } = await reranker.rerank(QUERY, DOCUMENTS);
        context.check.equal(results, ranked(DOCUMENTS), 'the results');
        const counts = Object.values(usage).filter((value) => value !== undefined);
        context.check.equal([...new Set(counts)], expected, `the counts of ${count}`);
      }
    },
  },
  {
    id: 'rank.warned',
    rule: 'K-01',
    title: 'hands on what the server warns of, such as documents that were cut',
    requires: ['wire:warned'],
    async run(context) {
      const { check, subject } = context;
      const message = 'conformance: two documents were cut';
      const edit = (body: object) => dialectOf(subject).warned?.(objectAt(body), message) ?? {};
      const { reranker } = await connect(context, respondWith(subject, { edit }));
      const { results, warnings } = await reranker.rerank(QUERY, DOCUMENTS);
      check.equal(results, ranked(DOCUMENTS), 'the results');
      check.ok(
        warnings.some((warning) => warning.message.includes(message)),
        "no warning has the server's words",
      );
    },
  },
  {
    id: 'rank.options',
    rule: 'C-07',
    title: "sends its own provider options, and nobody else's",
    requires: SERVER,
    async run(context) {
      const { reranker, wire } = await connect(context);
      const providerOptions = { [reranker.provider]: { hologram: { depth: 3 } }, stranger: { alien: 1 } };
      await reranker.rerank(QUERY, DOCUMENTS, { providerOptions });
      const body = (wire.requests[0]?.body ?? {}) as Record<string, unknown>;
      context.check.equal(body['hologram'], { depth: 3 }, 'its own option');
      context.check.ok(!JSON.stringify(body).includes('alien'), "another provider's option was sent");
    },
  },
  {
    id: 'rank.many',
    rule: 'K-01',
    title: 'gives each of twenty documents once',
    requires: [],
    async run(context) {
      const { reranker } = await connect(context);
      const documents = manyDocuments(
        context.subject.declares.comparableScores ? 20 : Math.min(20, limitOf(context.subject)),
      );
      const { results } = await reranker.rerank(QUERY, documents);
      const places = results.map(({ index }) => index);
      context.check.equal(
        places.toSorted((a, b) => a - b),
        [...documents.keys()],
        'the places',
      );
    },
  },
  {
    id: 'rank.results',
    rule: 'K-01',
    title: 'gives the place and the score of each document, best first, as plain data',
    requires: [],
    async run(context) {
      const { reranker } = await connect(context);
      const result = await reranker.rerank(QUERY, DOCUMENTS);
      checkRanking(context, result.results);
      context.check.ok(isPlain(result), 'the result is not plain data');
    },
  },
  {
    id: 'rank.alone',
    rule: 'K-03',
    title: 'gives a document the score that it has without the others, where scores are comparable',
    requires: [],
    async run(context) {
      const { reranker } = await connect(context);
      if (!context.subject.declares.comparableScores)
        return context.check.ok(reranker.metadata.comparableScores === false, 'comparableScores');
      // Of different lengths: what runs in this process fills up the short ones.
      const documents = [...DOCUMENTS, 'd\nand some words more than the others have 0.125'];
      const { results } = await reranker.rerank(QUERY, documents);
      for (const { index, score } of results) {
        const alone = await reranker.rerank(QUERY, documents.slice(index, index + 1));
        const off = Math.abs((alone.results[0]?.score ?? NaN) - score);
        // Padding and sums in another order move the last digits of a network's numbers.
        context.check.ok(off < 1e-3, `document ${index} has the score ${score}, and is off by ${off} alone`);
      }
    },
  },
  {
    id: 'rank.top-n',
    rule: 'K-01',
    title: 'gives no more than topN, whatever the provider gives',
    requires: SERVER,
    async run(context) {
      const all = respondWith(context.subject, { results: () => ranked(DOCUMENTS) });
      const { reranker } = await connect(context, all);
      const { results } = await reranker.rerank(QUERY, DOCUMENTS, { topN: 2 });
      context.check.equal(results, ranked(DOCUMENTS, 2), 'the results');
      const more = await reranker.rerank(QUERY, DOCUMENTS, { topN: 100 });
      context.check.equal(
        more.results,
        ranked(DOCUMENTS),
        'the results where more were wanted than there are',
      );
    },
  },
  {
    id: 'rank.top-n.best',
    rule: 'K-01',
    title: 'gives the best topN of what it gives without one',
    requires: [],
    async run(context) {
      const { reranker } = await connect(context);
      const { results: all } = await reranker.rerank(QUERY, DOCUMENTS);
      const { results } = await reranker.rerank(QUERY, DOCUMENTS, { topN: 2 });
      context.check.equal(results, all.slice(0, 2), 'the results');
    },
  },
  {
    id: 'rank.top-n.refused',
    rule: 'C-08',
    title: 'refuses a topN that is none before anything is sent',
    requires: [],
    async run(context) {
      const { reranker, wire } = await connect(context);
      for (const topN of [0, -1, 1.5, NaN])
        await context.check.error(
          reranker.rerank(QUERY, DOCUMENTS, { topN }),
          'invalid-request',
          `topN ${topN}`,
        );
      context.check.equal(wire.requests.length, 0, 'the requests');
    },
  },
  {
    id: 'rank.ties',
    rule: 'K-01',
    title: 'takes equal scores, negative ones and 0',
    requires: SERVER,
    async run(context) {
      const results = [
        { index: 2, score: 0 },
        { index: 0, score: 0 },
        { index: 1, score: -3.5 },
      ];
      const { reranker } = await connect(context, respondWith(context.subject, { results: () => results }));
      context.check.equal((await reranker.rerank(QUERY, DOCUMENTS)).results, results, 'the results');
    },
  },
  broken('beyond', 'a place beyond the documents', ([first, ...rest]) => [{ ...first!, index: 3 }, ...rest]),
  broken('negative', 'a negative place', ([first, ...rest]) => [{ ...first!, index: -1 }, ...rest]),
  broken('fraction', 'a place that is not a whole number', ([first, ...rest]) => [
    { ...first!, index: 0.5 },
    ...rest,
  ]),
  broken('twice', 'a document that comes twice', ([first, ...rest]) => [
    first!,
    { ...first!, score: 0.7 },
    ...rest,
  ]),
  broken('order', 'results that are not in the order of their scores', (results) => results.toReversed()),
  broken('nan', 'a score that is none', (results) => [
    ...results.slice(0, -1),
    { ...results.at(-1)!, score: NaN },
  ]),
  broken('short', 'fewer results than were asked for', (results) => results.slice(1)),
  {
    id: 'rank.not-mutated',
    rule: 'C-05',
    title: 'leaves documents and options as they are',
    requires: [],
    async run(context) {
      const { reranker } = await connect(context);
      const documents = DOCUMENTS.toReversed();
      const options: RerankOptions = { topN: 3 };
      await reranker.rerank(QUERY, documents, options);
      context.check.equal(documents, DOCUMENTS.toReversed(), 'the documents');
      context.check.equal(options, { topN: 3 }, 'the options');
    },
  },
  {
    id: 'rank.empty',
    rule: 'K-02',
    title: 'gives an empty result for no documents, without a request',
    requires: [],
    async run(context) {
      const { reranker, wire } = await connect(context);
      context.check.equal((await reranker.rerank(QUERY, [])).results, [], 'the results');
      context.check.equal(wire.requests.length, 0, 'the requests');
    },
  },
  {
    id: 'split.merged',
    rule: 'K-03',
    title: 'splits and merges what is more than a request takes, or refuses it before anything is sent',
    requires: ['maxDocuments', ...SERVER],
    async run(context) {
      const { check, subject } = context;
      // The first request is answered last.
      const { reranker, wire } = await connect(context, async (request, reply, n) => {
        if (n === 0) await pause(60);
        return respondWith(subject)(request, reply, n);
      });
      const documents = tooMany(context);
      const call = reranker.rerank(QUERY, documents, { topN: 10 });
      if (!subject.declares.comparableScores) {
        await check.error(call, 'unsupported', 'rerank');
        check.equal(wire.requests.length, 0, 'the requests');
        return;
      }
      check.equal((await call).results, ranked(documents, 10), 'the results');
      const sizes = wire.requests.map((request) => dialectOf(subject).documents(request).length);
      check.ok(Math.max(...sizes) <= limitOf(subject), `the requests have ${sizes.join()} documents`);
      check.equal(
        sizes.reduce((sum, size) => sum + size),
        documents.length,
        'the documents that were sent',
      );
    },
  },
  {
    id: 'split.siblings',
    rule: 'K-03',
    title: 'cancels the requests beside one that failed',
    requires: ['maxDocuments', ...SERVER],
    async run(context) {
      const { check, subject } = context;
      const documents = tooMany(context);
      const { reranker, wire } = await connect(context, async (request, reply, n) => {
        if (n !== 0) return;
        await waitFor(() => wire.requests.length > 1);
        await failing(dialectOf(subject), NO)(request, reply, n);
      });
      const call = check.within(5_000, reranker.rerank(QUERY, documents), 'rerank');
      if (!subject.declares.comparableScores) {
        await check.error(call, 'unsupported', 'rerank');
        return;
      }
      await check.error(call, 'invalid-request', 'rerank');
      await closesEarly(check, wire.requests[1]?.closedEarly, 'the request beside it');
    },
  },
  listenerCase<RerankerSubject>(SERVER, async (context) => {
    const refused = failing(dialectOf(context.subject), NO);
    const { reranker } = await connect(context, (request, reply, n) =>
      (n % 3 === 2 ? refused : respondWith(context.subject))(request, reply, n),
    );
    return (signal) => [1, 2, 3].map(() => reranker.rerank(QUERY, DOCUMENTS, { signal }));
  }),
];

function broken(
  id: string,
  what: string,
  results: (right: readonly RankedDocument[]) => readonly RankedDocument[],
): RerankerCase {
  return {
    id: `rank.${id}`,
    rule: 'K-01',
    title: `gives malformed-response for ${what}`,
    requires: SERVER,
    async run(context) {
      const { reranker } = await connect(context, respondWith(context.subject, { results }));
      await context.check.error(reranker.rerank(QUERY, DOCUMENTS, BOUNDED), 'malformed-response', 'rerank');
    },
  };
}

/** The lab's own scores where the lab answered, else each document once, by a score that is one, best first. */
function checkRanking({ check, subject }: RerankerCaseContext, results: readonly RankedDocument[]): void {
  if (subject.dialect !== undefined) return check.equal(results, ranked(DOCUMENTS), 'the results');
  const places = results.map(({ index }) => index);
  check.equal(
    places.toSorted((a, b) => a - b),
    [...DOCUMENTS.keys()],
    'the places of the documents',
  );
  check.ok(
    results.every(({ score }) => Number.isFinite(score)),
    'a score is not finite',
  );
  const sorted = results.toSorted((a, b) => b.score - a.score);
  check.equal(results, sorted, 'the results, best first');
}

function limitOf({ declares }: RerankerSubject): number {
  return declares.maxDocuments ?? Infinity;
}

function tooMany({ subject }: RerankerCaseContext): string[] {
  return manyDocuments(2 * limitOf(subject) + 1);
}
