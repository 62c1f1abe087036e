import type { LLMDialect, RequestReader } from '@mortise/conformance';
import { ReferenceLLM } from '../reference/adapter.ts';
import { reference } from '../reference/dialect.ts';
import type { Mutant } from './mutant.ts';

const lying = (fault: string, caughtBy: string, change: Partial<LLMDialect>): Mutant => ({
  fault,
  caughtBy,
  create: (wire) => new ReferenceLLM(wire),
  dialect: { ...reference, ...change },
});

const reading = (change: Partial<RequestReader>): Partial<LLMDialect> => ({
  request: { ...reference.request, ...change },
});

const WORD = 'It cannot be said.';

/** Dialects that say of their wire what is not so. */
export const dialects: readonly Mutant[] = [
  lying('reads a seed that nobody sent', 'dialect.reads', reading({ seed: () => 7 })),
  lying('reads failures that nobody sent', 'dialect.reads', reading({ failedResults: () => ['callAlpha'] })),
  lying('takes every request for one of a stream', 'dialect.streams', { streams: () => true }),
  ...['tool-failure', 'result-name', 'tool-description', 'tool-choice', 'schema'].map((word) =>
    lying(`says that a request cannot say ${word}`, 'dialect.without.requests', {
      without: { [word]: WORD },
    }),
  ),
  ...[
    'created',
    'model',
    'cache-read',
    'cache-write',
    'reasoning-tokens',
    'tool-tokens',
    'signature',
    'unknown-block',
    'document-citations',
    'url-citations',
  ].map((word) =>
    lying(`says that a reply cannot say ${word}`, 'dialect.without.replies', { without: { [word]: WORD } }),
  ),
];
