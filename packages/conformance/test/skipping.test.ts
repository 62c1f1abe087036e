import {
  embeddingConformance,
  llmConformance,
  rerankerConformance,
  type ConformanceResults,
} from '@mortise/conformance';
import { expect, it } from 'vitest';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';
import {
  referenceEmbed,
  ReferenceEmbedding,
  referenceRerank,
  ReferenceReranker,
} from './reference/vectors.ts';

const nowhere = { url: 'http://127.0.0.1', settings: {} };
/** Declares the tests and runs none. */
const nobody = {
  describe: (_name: string, body: () => void) => body(),
  it: Object.assign(() => undefined, { skip: () => undefined }),
};

const skipped = ({ cases }: ConformanceResults): object =>
  Object.fromEntries(cases.flatMap(({ id, reason }) => (reason === undefined ? [] : [[id, reason]])));

const lacks = (word: string, name: string): string =>
  `wire:${word}: The dialect has no \`${name}\`, which these cases need.`;

it('skips what an older LLM dialect has no member for, with a reason of the kit', () => {
  const { requestId: _id, request, ...older } = reference;
  const { members: _members, reasoning: _reasoning, toolDescriptions: _descriptions, ...reader } = request;
  const results = llmConformance(nobody, {
    create: (wire) => new ReferenceLLM(wire),
    dialect: { ...older, request: reader },
    declares: new ReferenceLLM(nowhere).metadata.capabilities,
  });
  expect(skipped(results)).toEqual({
    'request.members': lacks('members', 'request.members'),
    'request.preference.reasoning': lacks('reasoning', 'request.reasoning'),
    'tools.descriptions': lacks('tool-description', 'request.toolDescriptions'),
    'status.request-id': lacks('request-id', 'requestId'),
  });
});

it('skips what an older embedding dialect has no member for, and gives its own reason where it has one', () => {
  const { requestId: _id, model: _model, ...older } = referenceEmbed;
  const without = { model: 'One model.', float: 'Base64 alone.' };
  const results = embeddingConformance(nobody, {
    create: (target) => new ReferenceEmbedding(target),
    dialect: { ...older, without },
    declares: new ReferenceEmbedding(nowhere).metadata,
  });
  expect(skipped(results)).toEqual({
    'embed.model': 'wire:model: One model.',
    'rows.float': 'wire:float: Base64 alone.',
    'status.request-id': lacks('request-id', 'requestId'),
  });
});

it('skips what an older reranking dialect has no member for', () => {
  const { requestId: _id, model: _model, usage: _usage, ...dialect } = referenceRerank;
  const results = rerankerConformance(nobody, {
    create: (target) => new ReferenceReranker(target),
    dialect,
    declares: new ReferenceReranker(nowhere).metadata,
  });
  expect(skipped(results)).toEqual({
    'rank.model': lacks('model', 'model'),
    'rank.usage.no-count': lacks('usage', 'usage'),
    'status.request-id': lacks('request-id', 'requestId'),
  });
});
