import { describe, expect, it } from 'vitest';
import { readRecordings, recordingsAbsent, textFact, type Recording } from '@mortise/conformance';
import { answering, bytesOf, streamed, type Event } from './sent.ts';

const recordings = readRecordings(['bedrock']);

it.skipIf(recordings.length === 0)(
  recordings.length === 0 ? recordingsAbsent : 'finds the recordings',
  () => {
    expect(recordings.length).toBeGreaterThan(0);
  },
);

/** The recording holds the events as JSON, one a line, by their names; here they get their frames again. */
function framesOf(recording: Recording): Uint8Array<ArrayBuffer> {
  const lines = recording
    .body()
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'));
  return bytesOf(
    lines.flatMap((line) => Object.entries(JSON.parse(line) as Record<string, object>) as Event[]),
  );
}

describe.skipIf(recordings.length === 0)('recorded replies', () => {
  it.each(
    recordings.flatMap((recording) =>
      [undefined, 1, 7, 997].map((chunk) => [recording.file, chunk, recording] as const),
    ),
  )('W-01: %s in pieces of %s bytes', async (_file, chunk, recording) => {
    const { llm } = answering(() => streamed(framesOf(recording), chunk));
    const response = await llm.streamChat('Hi').final();
    const { facts } = recording;
    const usage = (facts.usage ?? {}) as Record<string, number>;
    expect(textFact(response.text)).toEqual(facts.text);
    expect(response.finishReason.raw).toBe(facts.finishReason);
    expect(response.toolCalls).toEqual(facts.toolCalls);
    expect(response.usage).toMatchObject({
      inputTokens: usage['input'],
      outputTokens: usage['output'],
      totalTokens: usage['total'],
    });
    expect(response.providerMetadata).toEqual({
      bedrock: {
        additionalModelResponseFields: { delta: { stop_sequence: null } },
        metrics: { latencyMs: 2040 },
      },
    });
  });
});
