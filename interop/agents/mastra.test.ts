import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { toAISDK } from '@mortise/ai-sdk';
import type { LLM } from '@mortise/core';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { scripted } from './provider.ts';

const fetch = vi.fn(() => Promise.reject(new Error('Nothing leaves the machine.')));
vi.stubGlobal('fetch', fetch);
afterEach(() => expect(fetch).not.toHaveBeenCalled());

const turns = [{ call: 'weather', input: { city: 'Rome' } }, { text: 'It is sunny in Rome.' }];
const models = {
  v4: (llm: LLM) => toAISDK(llm),
  v3: (llm: LLM) => toAISDK(llm, { specificationVersion: 'v3' }),
  v2: (llm: LLM) => toAISDK(llm, { specificationVersion: 'v2' }),
};
const versions = ['v4', 'v3', 'v2'] as const;

function agentOf(llm: LLM, version: keyof typeof models, ran: unknown[]): Agent {
  const weather = createTool({
    id: 'weather',
    description: 'The weather.',
    inputSchema: z.object({ city: z.string() }),
    execute: async (input) => {
      ran.push(input);
      return { sky: 'clear' };
    },
  });
  return new Agent({
    id: 'forecaster',
    name: 'Forecaster',
    instructions: 'Be short.',
    model: models[version](llm),
    tools: { weather },
  });
}

test.each(versions)('an agent of Mastra runs a loop of tools, by %s', async (version) => {
  const ran: unknown[] = [];
  const { llm, asked } = scripted(turns);
  const { text } = await agentOf(llm, version, ran).generate('What is the weather in Rome?');
  expect([text, ran]).toEqual(['It is sunny in Rome.', [{ city: 'Rome' }]]);
  expect(asked[1]?.messages).toMatchObject([
    { role: 'system', content: 'Be short.' },
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'weather' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: '{"sky":"clear"}' },
  ]);
});

test.each(versions)('an agent of Mastra streams, by %s', async (version) => {
  const { llm, asked } = scripted(turns);
  const output = await agentOf(llm, version, []).stream('What is the weather in Rome?');
  const pieces: string[] = [];
  for await (const piece of output.textStream) pieces.push(piece);
  expect(pieces).toEqual(['It ', 'is ', 'sunny ', 'in ', 'Rome.']);
  expect(asked.map(({ stream }) => stream)).toEqual([true, true]);
});
