import type { PostprocessorOutside, PostprocessorSubject } from '@mortise/conformance';
import { MortiseError, type CallOptions } from '@mortise/core';
import { createTextNode, type NodeWithScore, type QueryInput } from '@mortise/core/retriever';
import { rerank } from '../postprocessors/wiring.ts';

export interface PostprocessorMutant {
  readonly fault: string;
  readonly caughtBy: string;
  readonly create: PostprocessorSubject['create'];
}

type Run = (nodes: readonly NodeWithScore[], options: CallOptions) => Promise<NodeWithScore[]>;

/** A right postprocessor, and what is done around it. */
function mutant(
  fault: string,
  caughtBy: string,
  around: (
    run: Run,
    nodes: readonly NodeWithScore[],
    options: CallOptions,
    outside: PostprocessorOutside,
  ) => ReturnType<Run>,
): PostprocessorMutant {
  return {
    fault,
    caughtBy,
    create(outside, known) {
      const right = rerank(outside, known);
      return {
        postprocess: (query: QueryInput, nodes, options = {}) =>
          around((given, own) => right.postprocess(query, given, own), nodes, options, outside),
      };
    },
  };
}

/** Broken postprocessors, each with the case that must catch it. */
export const postprocessorMutants: readonly PostprocessorMutant[] = [
  mutant('asks about nothing', 'nodes.none', async (run, nodes, options, outside) => {
    if (nodes.length === 0) await outside.reached(options.signal);
    return run(nodes, options);
  }),
  mutant('gives its best node twice', 'nodes.whole', async (run, nodes, options) => {
    const results = await run(nodes, options);
    return [...results.slice(0, 1), ...results];
  }),
  mutant('gives the worst first', 'nodes.best-first', async (run, nodes, options) =>
    (await run(nodes, options)).toReversed(),
  ),
  mutant('makes a node up', 'nodes.subset', async (run, nodes, options) => [
    ...(await run(nodes, options)),
    { node: createTextNode({ id: 'new', text: 'New.' }), score: 0 },
  ]),
  mutant('makes 1 of every score', 'nodes.scores', async (run, nodes, options) =>
    (await run(nodes, options)).map((each) => ({ ...each, score: 1 })),
  ),
  mutant("sorts its caller's list", 'nodes.not-mutated', (run, nodes, options) => {
    (nodes as NodeWithScore[]).sort((a, b) => a.score - b.score);
    return run(nodes, options);
  }),
  mutant(
    'works first and looks at the signal then',
    'abort.before',
    async (run, nodes, { signal, ...options }) => {
      const results = await run(nodes, options);
      signal?.throwIfAborted();
      return results;
    },
  ),
  mutant('rejects with words of its own', 'abort.waiting', (run, nodes, options) =>
    run(nodes, options).catch((cause: unknown) => {
      throw new MortiseError('aborted', 'The call was aborted.', { cause });
    }),
  ),
  mutant('leaves a listener on the signal', 'abort.listeners', (run, nodes, options) => {
    options.signal?.addEventListener('abort', () => undefined);
    return run(nodes, options);
  }),
  mutant('takes a failure for an opinion', 'outside.failure', (run, nodes, options) =>
    run(nodes, options).catch(() => [...nodes]),
  ),
  mutant('loses the parent of its span', 'spans.once', (run, nodes, { parent: _parent, ...options }) =>
    run(nodes, options),
  ),
];
