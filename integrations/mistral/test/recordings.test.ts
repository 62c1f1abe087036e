import {
  readRecordings,
  recordingsAbsent,
  replay,
  startWire,
  textFact,
  type Recording,
} from '@mortise/conformance';
import type { ChatResponse } from '@mortise/core';
import { MistralLLM } from '@mortise/mistral';
import { describe, expect, it } from 'vitest';

const recordings = readRecordings(['mistral']);

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
  const llm = new MistralLLM({ model: 'mistral-test', baseURL: wire.url, retry: false });
  return await (recording.streamed ? llm.streamChat('Hi').final() : llm.chat('Hi'));
}

function check(recording: Recording, response: ChatResponse): void {
  const { facts } = recording;
  const usage = (facts.usage ?? {}) as Record<string, number>;
  expect(textFact(response.text)).toEqual(facts.text ?? textFact(''));
  expect(response.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args }))).toEqual(
    facts.toolCalls,
  );
  expect(response.finishReason.raw).toBe(facts.finishReason);
  expect(response.usage).toMatchObject({ inputTokens: usage['input'], outputTokens: usage['output'] });
  expect(response.model).toBe('mistral-small-latest');
  expect(response.warnings).toEqual([]);
}

describe.each(recordings.map((recording) => [recording.file, recording] as const))(
  '%s',
  (_file, recording) => {
    it('has the facts of its index', async () => {
      check(recording, await ask(recording));
    });

    it.runIf(recording.streamed).each([1, 7, 997])('W-01: has them in chunks of %i bytes', async (chunk) => {
      check(recording, await ask(recording, chunk));
    });

    it('C-14: goes back as it came, through JSON', async () => {
      const { message } = await ask(recording);
      const bodies: Record<string, any>[] = [];
      await using wire = await startWire(({ body }, reply) => {
        bodies.push(body as Record<string, any>);
        return replay(reply, recording);
      });
      const llm = new MistralLLM({ model: 'mistral-test', baseURL: wire.url, retry: false });
      const carried = JSON.parse(JSON.stringify(message)) as typeof message;
      const messages = [
        { role: 'user' as const, content: 'Hi' },
        carried,
        { role: 'user' as const, content: 'On' },
      ];
      await llm.streamChat(messages).final();
      const [, sent] = bodies[0]!['messages'];
      expect(sent.content).toBe(message.content.map((block) => ('text' in block ? block.text : '')).join(''));
      expect((sent.tool_calls ?? []).map(({ id }: { id: string }) => id)).toEqual(
        message.content
          .filter(({ type }) => type === 'tool-call')
          .map((block) => (block as { id?: string }).id),
      );
    });
  },
);
