import { describe, expect, it } from 'vitest';
import { GoogleLLM } from '@mortise/google';
import {
  readRecordings,
  recordingsAbsent,
  replay,
  startWire,
  textFact,
  type Recording,
} from '@mortise/conformance';
import type { ChatResponse } from '@mortise/core';

const recordings = readRecordings(['google']);

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
  const llm = new GoogleLLM({ model: 'gemini-test', baseURL: wire.url, retry: false });
  return await (recording.streamed ? llm.streamChat('Hi').final() : llm.chat('Hi'));
}

/** The events of the recording, as they came. */
function eventsOf(recording: Recording): Record<string, any>[] {
  return recording
    .body()
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, any>);
}

function check(recording: Recording, response: ChatResponse): void {
  const { facts } = recording;
  const usage = (facts.usage ?? {}) as Record<string, number>;
  expect(textFact(response.text)).toEqual(facts.text);
  expect(response.finishReason.raw).toBe(facts.finishReason);
  // L-01
  expect(response.usage).toMatchObject({
    inputTokens: usage['input'],
    outputTokens: usage['candidates']! + usage['thoughts']!,
    totalTokens: usage['total'],
    reasoningTokens: usage['thoughts'],
  });
  const events = eventsOf(recording);
  expect(response.model).toBe(events[0]!['modelVersion']);
  expect(response.id).toBe(events[0]!['responseId']);
  const sent = events
    .flatMap((event) => event['candidates'] as Record<string, any>[])
    .flatMap(({ content }) => content.parts as Record<string, any>[])
    .flatMap(({ thoughtSignature }) => (typeof thoughtSignature === 'string' ? [thoughtSignature] : []));
  expect(sent.length > 0).toBe((facts as Record<string, unknown>)['thoughtSignature'] === true);
  const kept = response.message.content.flatMap(({ providerMetadata }) => {
    const own = (providerMetadata as Record<string, any> | undefined)?.['google'];
    return own?.thoughtSignature === undefined ? [] : [own.thoughtSignature as string];
  });
  expect(kept).toEqual(sent);
}

describe.each(recordings.map((recording) => [recording.file, recording] as const))(
  '%s',
  (_file, recording) => {
    it('has the facts of its index', async () => {
      check(recording, await ask(recording));
    });

    it.runIf(recording.streamed).each([1, 7, 997])(
      'W-01: has them in chunks of %i bytes',
      async (chunk) => {
        check(recording, await ask(recording, chunk));
      },
      600_000,
    );

    it('C-07: C-14: its signatures go back byte for byte, through JSON', async () => {
      const { message } = await ask(recording);
      const bodies: string[] = [];
      await using wire = await startWire(({ text }, reply) => {
        bodies.push(text);
        return replay(reply, recording);
      });
      const llm = new GoogleLLM({ model: 'gemini-test', baseURL: wire.url, retry: false, name: 'one' });
      const owned = await llm.streamChat('Hi').final();
      await llm
        .streamChat([
          { role: 'user', content: 'Hi' },
          JSON.parse(JSON.stringify(owned.message)) as typeof message,
          { role: 'user', content: 'Go on' },
        ])
        .final();
      const { contents } = JSON.parse(bodies[1]!) as {
        contents: { role: string; parts: Record<string, unknown>[] }[];
      };
      const signed = eventsOf(recording)
        .flatMap((event) => event['candidates'] as Record<string, any>[])
        .flatMap(({ content }) => content.parts as Record<string, any>[])
        .filter(({ thoughtSignature }) => thoughtSignature !== undefined);
      const back = contents[1]!.parts.filter(({ thoughtSignature }) => thoughtSignature !== undefined);
      expect(contents[1]!.role).toBe('model');
      expect(back).toEqual(signed);
    });
  },
);
