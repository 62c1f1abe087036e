import { Agent, Runner, tool, type Model } from '@openai/agents';
import { aisdk } from '@openai/agents-extensions/ai-sdk';
import { toAISDK } from '@mortise/ai-sdk';
import type { LLM } from '@mortise/core';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { scripted } from './provider.ts';

const fetch = vi.fn(() => Promise.reject(new Error('Nothing leaves the machine.')));
vi.stubGlobal('fetch', fetch);
afterEach(() => expect(fetch).not.toHaveBeenCalled());

const turns = [{ call: 'weather', input: { city: 'Rome' } }, { text: 'It is sunny in Rome.' }];
const versions = ['v4', 'v3', 'v2'] as const;
const runner = new Runner({ tracingDisabled: true });

function agentOf(llm: LLM, specificationVersion: (typeof versions)[number], ran: unknown[]) {
  const weather = tool({
    name: 'weather',
    description: 'The weather.',
    parameters: z.object({ city: z.string() }),
    execute: async (input) => {
      ran.push(input);
      return { sky: 'clear' };
    },
  });
  return new Agent({
    name: 'Forecaster',
    instructions: 'Be short.',
    // Theirs is not typed for `exactOptionalPropertyTypes`.
    model: aisdk(toAISDK(llm, { specificationVersion })) as Model,
    tools: [weather],
  });
}

test.each(versions)('an agent of @openai/agents runs a loop of tools, by %s', async (version) => {
  const ran: unknown[] = [];
  const { llm, asked } = scripted(turns);
  const result = await runner.run(agentOf(llm, version, ran), 'What is the weather in Rome?');
  expect([result.finalOutput, ran]).toEqual(['It is sunny in Rome.', [{ city: 'Rome' }]]);
  expect(result.runContext.usage).toMatchObject({ requests: 2, inputTokens: 14, outputTokens: 10 });
  expect(asked[1]?.messages).toMatchObject([
    { role: 'system', content: 'Be short.' },
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'weather' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: expect.stringContaining('clear') },
  ]);
});

test.each(versions)('an agent of @openai/agents streams, by %s', async (version) => {
  const { llm, asked } = scripted(turns);
  const agent = agentOf(llm, version, []);
  const result = await runner.run(agent, 'What is the weather in Rome?', { stream: true });
  const pieces: string[] = [];
  for await (const piece of result.toTextStream()) pieces.push(piece);
  expect(pieces).toEqual(['It ', 'is ', 'sunny ', 'in ', 'Rome.']);
  expect(asked.map(({ stream }) => stream)).toEqual([true, true]);
});
