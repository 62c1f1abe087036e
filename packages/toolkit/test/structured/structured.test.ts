import { MortiseError } from '@mortise/core';
import { structured } from '@mortise/toolkit/structured';
import type { ChatMessage, ContentBlock, LLMCapabilities } from '@mortise/core/llm';
import { isParserError } from '@mortise/core/parser';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const city = z.object({
  city: z.string(),
  mayor: z.string().optional(),
  founded: z.string().transform(Number).optional(),
});

function scripted(
  structuredOutput: LLMCapabilities['structuredOutput'],
  ...replies: ScriptedReply[]
): ScriptedLLM {
  const capabilities = structuredOutput === undefined ? {} : { structuredOutput };
  return new ScriptedLLM({ replies, retry: false, metadata: { isChatModel: true, capabilities } });
}

const call = (args: object, name = 'answer'): ContentBlock[] => [
  { type: 'tool-call', id: 'call_1', name, arguments: args as Record<string, never> },
];

const finished = (text: string, unified: string, raw = unified): ScriptedReply => ({
  content: [{ type: 'text', text }],
  finishReason: { unified, raw },
});

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error,
  );

describe('native', () => {
  it('P-05: sends the strict schema, and takes the nulls out again', async () => {
    const llm = scripted('native', '{"city":"Paris","mayor":null,"founded":"52"}');
    const result = await structured(llm, city, 'Where?', {
      name: 'place',
      description: 'A place.',
      temperature: 0,
    });
    expect(result).toMatchObject({ value: { city: 'Paris', founded: 52 }, mode: 'native', repairs: 0 });
    expect(result.value).not.toHaveProperty('mayor');
    expect(result.response.text).toContain('Paris');
    expect(llm.requests[0]?.responseFormat).toMatchObject({
      type: 'json',
      name: 'place',
      description: 'A place.',
      schema: { required: ['city', 'mayor', 'founded'], additionalProperties: false },
    });
    expect(llm.requests[0]).toMatchObject({
      temperature: 0,
      messages: [{ role: 'user', content: 'Where?' }],
    });
    expectTypeOf(result.value).toEqualTypeOf<{
      city: string;
      mayor?: string | undefined;
      founded?: number | undefined;
    }>();
  });

  it('puts what is not an object into an envelope', async () => {
    const llm = scripted('native', '{"value":["a","b"]}');
    expect((await structured(llm, z.array(z.string()), 'List.')).value).toEqual(['a', 'b']);
    expect(llm.requests[0]?.responseFormat).toMatchObject({
      schema: { type: 'object', required: ['value'] },
    });
  });

  it('goes by a tool where the schema has no strict form, and refuses when native was asked for', async () => {
    const record = z.object({ counts: z.record(z.string(), z.number()) });
    const llm = scripted('native', call({ counts: { a: 1 } }));
    expect(await structured(llm, record, 'Count.')).toMatchObject({
      mode: 'tool',
      value: { counts: { a: 1 } },
    });
    expect(llm.requests[0]?.tools?.[0]?.strict).toBeUndefined();
    const error = await rejection(structured(llm, record, 'Count.', { mode: 'native' }));
    expect(error).toMatchObject({ code: 'unsupported', model: 'script' });
    expect(error.message).toContain('counts');
    expect(llm.requests).toHaveLength(1);
  });
});

describe('tool', () => {
  it('forces one tool and reads its arguments', async () => {
    const llm = scripted('tool', call({ city: 'Rome', mayor: null }));
    expect(await structured(llm, city, 'Where?')).toMatchObject({ value: { city: 'Rome' }, mode: 'tool' });
    expect(llm.requests[0]).toMatchObject({
      toolChoice: { tool: 'answer' },
      tools: [{ name: 'answer', strict: true, parameters: { type: 'object', additionalProperties: false } }],
    });
  });

  it('reads a model that writes the JSON instead of calling', async () => {
    const llm = scripted('tool', 'I would call it with {"city":"Rome"}.');
    expect((await structured(llm, city, 'Where?')).value).toEqual({ city: 'Rome' });
  });

  it('answers the call with what was wrong, and asks again', async () => {
    const llm = scripted('tool', call({ city: 1 }), call({ city: 'Rome' }));
    const result = await structured(llm, city, 'Where?');
    expect(result).toMatchObject({ value: { city: 'Rome' }, repairs: 1 });
    expect(result.responses).toHaveLength(2);
    const [question, assistant, answer] = llm.requests[1]!.messages;
    expect(question).toEqual({ role: 'user', content: 'Where?' });
    expect(assistant).toEqual(result.responses[0]?.message);
    expect(answer).toMatchObject({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'call_1', toolName: 'answer', isError: true }],
    });
    expect(JSON.stringify(answer)).toContain('expected string');
  });

  it('repairs arguments that are no JSON', async () => {
    const broken = {
      type: 'tool-call',
      id: 'c',
      name: 'answer',
      arguments: {},
      invalid: true,
      argumentsText: '{"city":',
    };
    const llm = scripted('tool', [broken as ContentBlock], call({ city: 'Rome' }));
    expect(await structured(llm, city, 'Where?')).toMatchObject({ value: { city: 'Rome' }, repairs: 1 });
  });
});

describe('prompt', () => {
  it('adds the schema to the last user message and finds the JSON in the reply', async () => {
    const llm = scripted(undefined, 'Sure:\n```json\n{"city":"Oslo"}\n```');
    const input: ChatMessage[] = [{ role: 'user', content: 'Where?' }];
    expect(await structured(llm, city, input)).toMatchObject({ value: { city: 'Oslo' }, mode: 'prompt' });
    expect(llm.requests[0]?.responseFormat).toBeUndefined();
    expect(llm.requests[0]?.messages[0]?.content).toMatch(/^Where\?[^]*"city":\{"type":"string"\}/);
    expect(input).toEqual([{ role: 'user', content: 'Where?' }]);
  });

  it('tells the model what was wrong, at most maxRepairs times', async () => {
    const llm = scripted('prompt', '{"city":1}', 'no JSON', '{"city":"Oslo"}');
    const result = await structured(llm, city, 'Where?', { maxRepairs: 2 });
    expect(result).toMatchObject({ value: { city: 'Oslo' }, repairs: 2 });
    const [, assistant, told] = llm.requests[1]!.messages;
    expect(assistant?.content).toEqual([{ type: 'text', text: '{"city":1}' }]);
    expect(told).toMatchObject({ role: 'user' });
    expect(told?.content).toContain('(city)');
    expect(llm.requests[2]?.messages).toHaveLength(5);
  });

  it('P-03: gives up with the repair tried and the last reply', async () => {
    const llm = scripted('prompt', '{"city":1}', '{"city":2}', '{"city":"late"}');
    const error = await rejection(structured(llm, city, 'Where?'));
    expect(isParserError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'validation',
      text: '{"city":2}',
      path: ['city'],
      provider: 'scripted',
    });
    expect(error.repair).toContain('1 time');
    expect(error.partial).toMatchObject({ text: '{"city":2}' });
    expect(llm.requests).toHaveLength(2);
    const once = scripted('prompt', 'nothing');
    expect(await rejection(structured(once, city, 'Where?', { maxRepairs: 0 }))).toMatchObject({
      code: 'parse',
    });
    expect(once.requests).toHaveLength(1);
  });

  it('does not send an empty reply back', async () => {
    const llm = scripted('prompt', [], '{"city":"Oslo"}');
    await structured(llm, city, 'Where?');
    expect(llm.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
  });
});

describe('what is not repaired', () => {
  it('a reply cut at its limit, even when it holds JSON', async () => {
    const llm = scripted('native', finished('{"city":"Oslo"} and then', 'length', 'max_tokens'));
    const error = await rejection(structured(llm, city, 'Where?'));
    expect(error).toMatchObject({ code: 'parse', partial: { text: '{"city":"Oslo"} and then' } });
    expect(error.message).toContain('maxOutputTokens');
    expect(llm.requests).toHaveLength(1);
  });

  it('a refusal', async () => {
    for (const reply of [finished('No.', 'content-filter'), finished('No.', 'other', 'refusal')]) {
      const llm = scripted('native', reply);
      expect(await rejection(structured(llm, city, 'Where?'))).toMatchObject({
        code: 'content-filter',
        model: 'script',
      });
      expect(llm.requests).toHaveLength(1);
    }
  });

  it('what the model itself throws', async () => {
    const failure = new MortiseError('authentication', 'The key is wrong.');
    const error = await rejection(structured(scripted('native', failure), city, 'Where?'));
    expect(error).toMatchObject({ code: 'authentication' });
  });

  it('C-01: an abort, whose reason comes back unchanged, also between two attempts', async () => {
    const controller = new AbortController();
    const llm = scripted('prompt', () => {
      controller.abort('enough');
      return 'no JSON';
    });
    expect(await rejection(structured(llm, city, 'Where?', { signal: controller.signal }))).toBe('enough');
    expect(llm.requests).toHaveLength(1);
  });

  it('options that cannot be met', async () => {
    const llm = scripted('native');
    expect(await rejection(structured(llm, city, 'Where?', { maxRepairs: -1 }))).toMatchObject({
      code: 'invalid-request',
    });
    expect(llm.requests).toHaveLength(0);
  });
});
