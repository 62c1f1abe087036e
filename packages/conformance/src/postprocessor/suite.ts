import { getEventListeners } from 'node:events';
import { MortiseError } from '@mortise/core';
import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import { QUESTION, stalled } from '../answer/lab.ts';
import { watchSpans } from '../answer/leave-cases.ts';
import type { ConformanceCase, Suite, CaseContext } from '../frame/case.ts';
import { abortable, waitFor } from '../shared/helpers.ts';
import type { PostprocessorSubject } from './subject.ts';

type Case = ConformanceCase<PostprocessorSubject>;

/** Eight nodes of one document, linked, best first. The last names a next one, `n8`, which was not found. */
const FOUND: readonly NodeWithScore[] = Array.from({ length: 8 }, (_, at) => ({
  node: createTextNode({
    id: `n${at}`,
    text: `The text number ${at}.`,
    metadata: { at },
    relationships: {
      source: { id: 'doc' },
      ...(at > 0 ? { previous: { id: `n${at - 1}` } } : {}),
      next: { id: `n${at + 1}` },
    },
  }),
  score: 1 - at / 8,
  evidence: { similarity: 1 - at / 8, coverage: 0.5 },
}));

const results: readonly Case[] = [
  {
    id: 'nodes.none',
    rule: 'N-01',
    title: 'makes nothing of nothing, without a call outside',
    requires: [],
    async run(context) {
      const { postprocess, reached } = open(context);
      context.check.equal(await postprocess([]), [], 'the results');
      context.check.equal(reached(), 0, 'the calls outside');
    },
  },
  {
    id: 'nodes.whole',
    rule: 'N-01',
    title: 'gives each node once, whole, with a finite score, and not none of them',
    requires: [],
    async run(context) {
      const nodes = await open(context).postprocess(FOUND);
      const ids = nodes.map(({ node }) => node.id);
      context.check.ok(ids.length > 0, 'nothing is left');
      context.check.equal(new Set(ids).size, ids.length, `different nodes among ${ids.join()}`);
      for (const { node, score } of nodes) {
        context.check.ok(Number.isFinite(score), `${node.id} has the score ${score}`);
        const given = FOUND.find((each) => each.node.id === node.id)?.node;
        context.check.equal(node, given ?? node, `the node ${node.id}`);
      }
    },
  },
  {
    id: 'nodes.best-first',
    rule: 'N-02',
    title: 'gives the best first',
    requires: ['best-first'],
    async run(context) {
      const scores = (await open(context).postprocess(FOUND)).map(({ score }) => score);
      context.check.equal(
        scores,
        scores.toSorted((a, b) => b - a),
        'the scores in their order',
      );
    },
  },
  {
    id: 'nodes.subset',
    rule: 'N-02',
    title: 'adds no node',
    requires: ['subset'],
    async run(context) {
      const nodes = await open(context).postprocess(FOUND);
      const added = nodes.filter(({ node }) => FOUND.every((each) => each.node.id !== node.id));
      context.check.equal(added, [], 'the nodes that were added');
    },
  },
  {
    id: 'nodes.scores',
    rule: 'N-02',
    title: 'leaves the scores and the evidence of what it was given as they are',
    requires: ['scores'],
    async run(context) {
      for (const { node, score, evidence } of await open(context).postprocess(FOUND)) {
        const given = FOUND.find((each) => each.node.id === node.id);
        if (given === undefined) {
          const isFrom = FOUND.some((each) => each.score === score);
          context.check.ok(isFrom, `${node.id} has a score that no node had that could have brought it`);
          continue;
        }
        context.check.equal(
          [score, evidence],
          [given.score, given.evidence],
          `score and evidence of ${node.id}`,
        );
      }
    },
  },
  {
    id: 'nodes.not-mutated',
    rule: 'C-05',
    title: 'leaves the list, its nodes and the options as they are, and gives a list of its own',
    requires: [],
    async run(context) {
      const given = structuredClone(FOUND);
      const options = { timeoutMs: 60_000 };
      const nodes = await open(context).postprocess(given, options);
      context.check.ok(nodes !== given, 'the result is the list that was given');
      context.check.equal(given, FOUND, 'the list');
      context.check.equal(options, { timeoutMs: 60_000 }, 'the options');
    },
  },
];

const leaving: readonly Case[] = [
  {
    id: 'abort.before',
    rule: 'C-02',
    title: 'asks for nothing under a signal that is aborted already',
    requires: [],
    async run(context) {
      const { postprocess, reached } = open(context);
      const reason = { why: 'too late' };
      const thrown = await context.check.rejects(
        postprocess(FOUND, { signal: AbortSignal.abort(reason) }),
        'postprocess',
      );
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      context.check.equal(reached(), 0, 'the calls outside');
    },
  },
  {
    id: 'abort.waiting',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while it waits for the outside, and aborts that",
    requires: ['outside'],
    async run(context) {
      const { postprocess, reached, signals } = open(context, stalled);
      const { controller, reason } = abortable();
      const running = postprocess(FOUND, { signal: controller.signal });
      running.catch(() => undefined);
      context.check.ok(await waitFor(() => reached() > 0, 1_000), 'nothing outside was asked');
      controller.abort(reason);
      const thrown = await context.check.within(
        2_000,
        context.check.rejects(running, 'postprocess'),
        'postprocess',
      );
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      const abandoned = await waitFor(() => signals.every((signal) => signal?.aborted === true));
      context.check.ok(abandoned, 'the outside was not left');
    },
  },
  {
    id: 'abort.listeners',
    rule: 'C-03',
    title: 'leaves no listener on a signal, after successes and failures',
    requires: ['outside'],
    async run(context) {
      const { signal } = new AbortController();
      const calls = [open(context), open(context, failing)].map(({ postprocess }) =>
        postprocess(FOUND, { signal }),
      );
      const settled = await Promise.allSettled(calls);
      context.check.equal(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected'],
        'how they ended',
      );
      context.check.equal(getEventListeners(signal, 'abort').length, 0, 'the listeners that are left');
    },
  },
  {
    id: 'outside.failure',
    rule: 'Z-05',
    title: 'rejects with the failure of the outside; it is not a result',
    requires: ['outside'],
    async run(context) {
      await context.check.error(open(context, failing).postprocess(FOUND), 'quota', 'postprocess');
    },
  },
  {
    id: 'spans.once',
    rule: 'V-01',
    title: 'opens a span below the parent that is given, and ends it once, under success and abort',
    requires: [],
    async run(context) {
      const parent = `conformance-${Math.random()}`;
      const spans = watchSpans(context, parent);
      await open(context).postprocess(FOUND, { parent });
      const aborted = { parent, signal: AbortSignal.abort('left') };
      await context.check.rejects(open(context).postprocess(FOUND, aborted), 'postprocess');
      context.check.equal(spans.ofRoots(), ['end', 'error'], 'how the spans ended');
      context.check.ok(spans.areOver(), 'a span is still open');
      context.check.equal(spans.twice(), [], 'spans that ended twice');
    },
  },
];

/** Every rule of the contract of postprocessors that can be seen from outside. */
export const postprocessorSuite: Suite<PostprocessorSubject> = [...results, ...leaving];

function failing(): Promise<never> {
  return Promise.reject(new MortiseError('quota', 'Nothing is left.'));
}

function open(
  { subject }: CaseContext<PostprocessorSubject>,
  outside: (signal: AbortSignal | undefined) => Promise<void> = () => Promise.resolve(),
) {
  const signals: (AbortSignal | undefined)[] = [];
  const postprocessor = subject.create(
    {
      reached(signal) {
        signals.push(signal);
        return outside(signal);
      },
    },
    FOUND,
  );
  return {
    signals,
    reached: () => signals.length,
    postprocess: (
      nodes: readonly NodeWithScore[],
      options?: Parameters<typeof postprocessor.postprocess>[2],
    ) => postprocessor.postprocess(QUESTION, nodes, options),
  };
}
