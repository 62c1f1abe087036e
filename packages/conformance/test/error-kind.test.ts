import {
  anthropicMessages,
  bedrockConverse,
  cohereChat,
  googleGenerateContent,
  llmConformance,
  openAIChatCompletions,
  openAIResponses,
  type LLMDialect,
} from '@mortise/conformance';
import { expect, it } from 'vitest';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';

const { capabilities: declares } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

/** Why the case is skipped; undefined where it runs. */
function skippedFor(dialect: LLMDialect): string | undefined {
  const it = Object.assign(() => undefined, { skip: () => undefined });
  const functions = { describe: (_name: string, body: () => void) => body(), it };
  const create = (): never => expect.unreachable();
  const { cases } = llmConformance(functions, { create, dialect, declares });
  return cases.find(({ id }) => id === 'fault.error-event.quota')?.reason;
}

it('asks for the kind of an error within a stream where the dialect has words for it', () => {
  const errorFrame: LLMDialect['errorFrame'] = (message) => ({ data: JSON.stringify({ message }) });
  expect(skippedFor(reference)).toBeUndefined();
  expect(skippedFor({ ...reference, errorFrame })).toContain('no words for the kind of an error');
  const without = { 'error-kind': 'It has one sentence for all.' };
  expect(skippedFor({ ...reference, errorFrame, without })).toBe(
    'wire:error-kind: It has one sentence for all.',
  );
});

it.each([
  [openAIChatCompletions, ['rate_limit_exceeded', 'insufficient_quota', 'context_length_exceeded']],
  [openAIResponses, ['rate_limit_exceeded', 'insufficient_quota', 'context_length_exceeded']],
  [anthropicMessages, ['rate_limit_error', 'billing_error', 'prompt is too long']],
  [bedrockConverse, ['No.', 'No.', 'too long for requested model']],
  [googleGenerateContent, ['RESOURCE_EXHAUSTED', 'PerDay', 'exceeds the maximum number of tokens']],
])('$name has its own words for every kind', (dialect, words) => {
  (['rate', 'quota', 'context-length'] as const).forEach((kind, at) => {
    expect(dialect.errorFrame('No.', kind).data).toContain(words[at]);
  });
});

it("says Cohere's own reason", () => {
  expect(skippedFor(cohereChat)).toContain('a sentence, without a code');
});
