import { describe, expect, it } from 'vitest';
import { AnthropicLLM } from '@mortise/anthropic';
import {
  readRecordings,
  recordingsAbsent,
  replay,
  startWire,
  textFact,
  type Recording,
} from '@mortise/conformance';
import type { ChatResponse, ContentBlock } from '@mortise/core';

const recordings = readRecordings(['anthropic']);

it.skipIf(recordings.length === 0)(
  recordings.length === 0 ? recordingsAbsent : 'finds the recordings',
  () => {
    expect(recordings.length).toBeGreaterThan(0);
  },
);

async function ask(recording: Recording, chunk?: number): Promise<ChatResponse> {
  await using wire = await startWire((_request, reply) =>
    replay(reply, recording, chunk === undefined ? {} : { chunk }),
  );
  const llm = new AnthropicLLM({ model: 'claude-test', baseURL: wire.url, retry: false });
  return await (recording.streamed ? llm.streamChat('Hi').final() : llm.chat('Hi'));
}

/** The type of a block in the API's words. */
function wireType(block: ContentBlock): string {
  if (block.type === 'tool-call') return 'tool_use';
  if (block.type === 'reasoning') return 'encrypted' in block ? 'redacted_thinking' : 'thinking';
  return block.type.replace('anthropic:', '');
}

function check({ facts }: Recording, response: ChatResponse): void {
  const { content } = response.message;
  const { input = 0, output, cacheRead = 0, cacheWrite = 0 } = facts.usage ?? {};
  expect(textFact(response.text)).toEqual(facts.text);
  expect(response.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args }))).toEqual(
    facts.toolCalls,
  );
  const serverCalls = content.filter((block) => block.type === 'anthropic:server_tool_use') as {
    id?: string;
    name?: string;
    input?: unknown;
  }[];
  expect(serverCalls.map(({ id, name, input: args }) => ({ id, name, args }))).toEqual(facts.serverToolCalls);
  expect(content.map(wireType)).toEqual(facts.blockTypes);
  expect(response.finishReason.raw).toBe(facts.finishReason);
  expect(response.model).toBe(facts.model);
  expect(response.id).toBe(facts.responseId);
  // L-01
  expect(response.usage).toMatchObject({
    inputTokens: input + cacheRead + cacheWrite,
    outputTokens: output,
    cachedInputTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
  });
  const originals = response.citations.map(({ providerMetadata }) => providerMetadata?.['anthropic']) as {
    type: string;
  }[];
  expect(originals).toHaveLength(facts.citations?.count ?? 0);
  expect([...new Set(originals.map(({ type }) => type))]).toEqual(facts.citations?.types ?? []);
  expect(response.citations[0]?.url).toBe(facts.citations?.firstUrl);
}

describe.each(recordings.map((recording) => [recording.file, recording] as const))(
  '%s',
  (_file, recording) => {
    it('has the facts of its index', async () => {
      check(recording, await ask(recording));
    });

    it.runIf(recording.streamed).each([1, 13, 997])(
      'W-01: has them in chunks of %i bytes',
      async (chunk) => {
        check(recording, await ask(recording, chunk));
      },
      600_000,
    );
  },
);
