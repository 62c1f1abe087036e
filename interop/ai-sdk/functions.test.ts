import * as ai from 'ai';
import * as ai5 from 'ai-5';
import * as ai5Lowest from 'ai-5-lowest';
import * as ai6 from 'ai-6';
import * as ai6Lowest from 'ai-6-lowest';
import * as ai7Lowest from 'ai-7-lowest';
import { createOpenAI as createOpenAIV2 } from '@ai-sdk/openai-v2';
import { createOpenAI as createOpenAIV3 } from '@ai-sdk/openai-v3';
import { APICallError } from '@ai-sdk/provider';
import { fromAISDK, toAISDK } from '@mortise/ai-sdk';
import { CohereReranker } from '@mortise/cohere';
import { isMortiseError, MortiseError, type LLM } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { OpenAILLM } from '@mortise/openai';
import { createBudget, withBudget, withCache } from '@mortise/toolkit/wrappers';
import { MemoryKeyValueStore } from '@mortise/core';
import { describe, expect, test } from 'vitest';

// The versions have types of their own that are not each other's; what is called of them is the same.
const libraries = [
  ['ai 7, highest', ai, 'v4'],
  ['ai 7, highest, by V3', ai, 'v3'],
  ['ai 7, lowest', ai7Lowest as never as typeof ai, 'v4'],
  ['ai 6, highest', ai6 as never as typeof ai, 'v3'],
  ['ai 6, lowest', ai6Lowest as never as typeof ai, 'v3'],
  ['ai 5, highest', ai5 as never as typeof ai, 'v2'],
  ['ai 5, lowest', ai5Lowest as never as typeof ai, 'v2'],
] as const;

const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

describe.each(libraries)(
  '%s',
  (_name, { generateText, streamText, embedMany, rerank, Output, jsonSchema, tool }, version) => {
    const modelOf = (llm: LLM, more: { retries?: 'mortise' | 'ai-sdk' } = {}) =>
      toAISDK(llm, { ...more, specificationVersion: version }) as never;

    test('runs a loop of tools, and our signatures go back as they came', async () => {
      const signed = {
        type: 'reasoning',
        text: 'Rome, then.',
        signature: 'c2ln',
        providerMetadata: { scripted: { step: 1 } },
      };
      const call = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: { city: 'Rome' } };
      const llm = new ScriptedLLM({
        replies: [
          { content: [signed, call] as never, finishReason: { unified: 'tool-calls', raw: 'tools' } },
          'It is sunny.',
        ],
      });
      const asked: unknown[] = [];
      const weather = tool({
        description: 'The weather.',
        inputSchema: jsonSchema(schema),
        execute: async (input: unknown) => {
          asked.push(input);
          return { sky: 'clear' };
        },
      });
      const { text } = await generateText({
        model: modelOf(llm),
        tools: { weather },
        stopWhen: ({ steps }: { steps: unknown[] }) => steps.length >= 3,
        prompt: 'What is the weather in Rome?',
      });
      expect([text, asked]).toEqual(['It is sunny.', [{ city: 'Rome' }]]);
      const [, assistant, result] = llm.requests[1]?.messages ?? [];
      expect(assistant?.content).toEqual([signed, call]);
      expect(result?.content).toEqual([
        { type: 'tool-result', toolCallId: 'call_1', toolName: 'weather', content: '{"sky":"clear"}' },
      ]);
    });

    test('streams a text', async () => {
      const llm = new ScriptedLLM({ replies: ['It is 42, and no more.'] });
      const { textStream } = streamText({ model: modelOf(llm), prompt: 'Hi' });
      const pieces: string[] = [];
      for await (const piece of textStream) pieces.push(piece);
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join('')).toBe('It is 42, and no more.');
    });

    test('makes typed output', async () => {
      const metadata = { capabilities: { structuredOutput: 'native' } } as never;
      const llm = new ScriptedLLM({ replies: ['{"city":"Rome"}'], metadata });
      // ai 5 names it `experimental_output`; the other name is nothing to it, and so the other way round.
      const output = Output.object({ schema: jsonSchema(schema) }) as never;
      const reply = await generateText({
        model: modelOf(llm),
        ...(version === 'v2' ? { experimental_output: output } : { output }),
        prompt: 'Which city?',
      });
      expect(
        version === 'v2' ? (reply as { experimental_output?: unknown }).experimental_output : reply.output,
      ).toEqual({ city: 'Rome' });
      expect(llm.requests[0]?.responseFormat).toMatchObject({ type: 'json', schema: { required: ['city'] } });
    });

    test('is aborted with the reason of the signal', async () => {
      const controller = new AbortController();
      const reason = new DOMException('Enough.', 'AbortError');
      const llm = new ScriptedLLM({
        replies: (_request, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
            controller.abort(reason);
          }),
      });
      const running = generateText({ model: modelOf(llm), prompt: 'Hi', abortSignal: controller.signal });
      await expect(running).rejects.toBe(reason);
      expect(llm.requests.length).toBe(1);
    });

    test('a failure is tried again by core alone, or by the AI SDK alone', async () => {
      const asked = async (retry: false | { baseDelayMs: number }, retries: 'mortise' | 'ai-sdk') => {
        let requests = 0;
        const body = { error: { message: 'Slow down.', type: 'rate_limit_error' } };
        const llm = new OpenAILLM({
          model: 'gpt-test',
          apiKey: 'key',
          retry,
          fetch: async () => {
            requests++;
            return Response.json(body, { status: 429, headers: { 'retry-after-ms': '5' } });
          },
        });
        const error: unknown = await generateText({
          model: modelOf(llm, { retries }),
          prompt: 'Hi',
          maxRetries: 2,
        }).catch((thrown: unknown) => thrown);
        const last = ((error as { lastError?: unknown }).lastError ?? error) as APICallError;
        return { requests, last };
      };
      const ours = await asked({ baseDelayMs: 1 }, 'mortise');
      expect(ours.requests).toBe(3);
      expect(APICallError.isInstance(ours.last)).toBe(true);
      expect(ours.last).toMatchObject({ statusCode: 429, isRetryable: false });
      expect(isMortiseError(ours.last.cause, 'rate-limit')).toBe(true);
      const theirs = await asked(false, 'ai-sdk');
      expect([theirs.requests, theirs.last.isRetryable]).toEqual([3, true]);
    });

    test('wrappers of ours hold: a budget that is spent, a cache that knows the answer', async () => {
      const llm = new ScriptedLLM({ replies: ['One.'], usage: { inputTokens: 5, outputTokens: 5 } });
      const cached = withCache(llm, new MemoryKeyValueStore());
      const model = modelOf(cached);
      const texts = [
        await generateText({ model, prompt: 'Hi' }),
        await generateText({ model, prompt: 'Hi' }),
      ];
      expect([texts.map(({ text }) => text), llm.requests.length]).toEqual([['One.', 'One.'], 1]);
      const budget = createBudget({ maxTokens: 100 });
      const spent = modelOf(withBudget(new ScriptedLLM({ replies: ['A long answer.'] }), budget));
      const error: unknown = await generateText({
        model: spent,
        prompt: 'Why are there tides?',
        maxOutputTokens: 1000,
      }).catch((thrown: unknown) => thrown);
      expect(isMortiseError((error as Error).cause, 'budget')).toBe(true);
    });

    test('embeds', async () => {
      const embedding = new HashEmbedding({ dimensions: 8 });
      const values = ['tides', 'moon'];
      const { embeddings } = await embedMany({
        model: toAISDK(embedding, { specificationVersion: version }) as never,
        values,
      });
      const direct = await embedding.embedTexts(values);
      expect(embeddings).toEqual(direct.embeddings.map((vector) => Array.from(vector)));
    });

    test.skipIf(version === 'v2')('reranks', async () => {
      const results = [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ];
      const reranker = new CohereReranker({
        model: 'rerank-test',
        apiKey: 'key',
        fetch: async () => Response.json({ id: 'r', results }),
      });
      const { ranking } = await rerank({
        model: toAISDK(reranker, { specificationVersion: version as 'v3' | 'v4' }) as never,
        query: 'tides',
        documents: ['It rains.', 'The moon pulls.'],
      });
      expect(ranking.map(({ document, score }) => [document, score])).toEqual([
        ['The moon pulls.', 0.9],
        ['It rains.', 0.1],
      ]);
    });
  },
);

test.each([
  ['V2', createOpenAIV2],
  ['V3', createOpenAIV3],
])('a model of specification %s is a model of ours', async (_version, create) => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'It is 42.' }, finish_reason: 'stop' }];
  const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
  const openai = create({
    apiKey: 'key',
    fetch: async () => Response.json({ id: 'c', created: 1, model: 'm', choices, usage }),
  });
  const response = await fromAISDK(openai.chat('gpt-test')).chat('Hi');
  expect(response).toMatchObject({
    text: 'It is 42.',
    usage: { inputTokens: 7, outputTokens: 5 },
    finishReason: { unified: 'stop' },
  });
});

test('specification V2 has no rerankers, and there is no V1', () => {
  const reranker = new CohereReranker({ model: 'rerank-test', apiKey: 'key' });
  expect(() => toAISDK(reranker, { specificationVersion: 'v2' as never })).toThrow(MortiseError);
  const llm = new ScriptedLLM({ replies: ['Hi'] });
  expect(() => toAISDK(llm, { specificationVersion: 'v1' as never })).toThrow(MortiseError);
});
