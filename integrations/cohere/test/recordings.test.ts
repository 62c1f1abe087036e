import { describe, expect, it } from 'vitest';
import { CohereEmbedding, CohereLLM, CohereReranker } from '@mortise/cohere';
import {
  readRecordings,
  recordedResponse,
  recordingsAbsent,
  replay,
  startWire,
  textFact,
  type Recording,
} from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import type { ChatResponse, ReasoningBlock } from '@mortise/core/llm';

const recordings = readRecordings(['cohere']);

describe.skipIf(recordings.length === 0)('recordings', () => {
  const of = (api: string): Recording[] => recordings.filter((recording) => recording.api === api);

  it('are all of an API that is known here', () => {
    expect(recordings).toHaveLength(of('chat').length + of('embed').length + of('rerank').length);
  });

  for (const recording of of('chat')) {
    it(`L-01: L-04 ${recording.file}`, async () => {
      await using wire = await startWire((_request, reply) => replay(reply, recording));
      check(await ask(recording, { baseURL: wire.url }), recording);
    });

    it.each([1, 2, 7, 64, 1000])(`W-01: ${recording.file} in pieces of %i`, async (chunk) => {
      const fetch = async (): Promise<Response> => recordedResponse(recording, chunk);
      check(await ask(recording, { apiKey: 'k', fetch }), recording);
    });

    it(`L-03: ${recording.file}: the plan goes back as tool_plan, the calls as they came`, async () => {
      await using wire = await startWire((_request, reply) => replay(reply, recording));
      const { message, text } = await ask(recording, { baseURL: wire.url });
      const stored = JSON.parse(JSON.stringify(message)) as typeof message;
      const llm = new CohereLLM({ model: 'm', baseURL: wire.url, retry: false });
      const input = [{ role: 'user' as const, content: 'hello' }, stored];
      await (recording.streamed ? llm.streamChat(input).final() : llm.chat(input));
      const { messages } = wire.requests[1]!.body as { messages: Record<string, any>[] };
      const { tool_plan: plan, tool_calls: calls = [], content = '' } = messages[1]!;
      const { toolPlan, toolCalls } = recording.facts;
      expect(plan === undefined ? undefined : textFact(plan)).toEqual(toolPlan);
      expect(content).toBe(text);
      expect(
        calls.map((call: any) => ({
          id: call.id,
          name: call.function.name,
          args: JSON.parse(call.function.arguments),
        })),
      ).toEqual(toolCalls);
    });

    if (!recording.streamed) continue;

    it(`E-01: ${recording.file} without its terminal event`, async () => {
      const frames = recording.body().split('\n\n').slice(0, -2);
      expect(frames.join('\n')).not.toContain('message-end');
      const body = `${frames.join('\n\n')}\n\n`;
      const fetch = async (): Promise<Response> =>
        new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      const error: unknown = await ask(recording, { apiKey: 'k', fetch }).catch((thrown: unknown) => thrown);
      expect(isMortiseError(error, 'stream-truncated'), String(error)).toBe(true);
    });
  }

  it.each(of('embed'))('M-02: $file', async (recording) => {
    const { oracle: _oracle, count, dims, first, usage, ...rest } = recording.facts;
    await using wire = await startWire((_request, reply) => replay(reply, recording));
    const embedding = new CohereEmbedding({ model: 'm', baseURL: wire.url, retry: false });
    const { texts } = JSON.parse(recording.body()) as { texts: string[] };
    const result = await embedding.embedTexts(texts);
    expect(result.embeddings).toHaveLength(count!);
    expect(result.embeddings.map(({ length }) => length)).toEqual(texts.map(() => dims));
    expect(result.embeddings[0]!.slice(0, first!.length)).toEqual(Float32Array.from(first!));
    expect(result.usage.inputTokens).toBe(usage!['input']);
    expect(rest).toEqual({});
  });

  it.each(of('rerank'))('K-01: $file', async (recording) => {
    const { oracle: _oracle, ranking, ...rest } = recording.facts;
    await using wire = await startWire((_request, reply) => replay(reply, recording));
    const reranker = new CohereReranker({ model: 'm', baseURL: wire.url, retry: false });
    const { results, usage } = await reranker.rerank(
      'hello',
      ranking!.map(({ index }) => `text ${index}`),
    );
    expect(results).toEqual(ranking);
    expect(usage).toEqual({ searchUnits: 1 });
    expect(rest).toEqual({});
  });
});

describe.skipIf(recordings.length > 0)(recordingsAbsent, () => {
  it.skip('is needed for the facts of recorded answers', () => undefined);
});

function ask(
  recording: Recording,
  where: { baseURL?: string; apiKey?: string; fetch?: typeof fetch },
): Promise<ChatResponse> {
  const llm = new CohereLLM({ model: 'm', ...where, retry: false });
  return recording.streamed ? llm.streamChat('hello').final() : llm.chat('hello');
}

/** Every fact, none skipped: one that this function does not know fails. */
function check(response: ChatResponse, recording: Recording): void {
  const { oracle: _o, sameUnderSplits: _s, events, ...facts } = recording.facts;
  const { text, toolPlan, toolCalls, finishReason, responseId, usage, ...rest } = facts;
  expect(textFact(response.text)).toEqual(text ?? textFact(''));
  const plans = response.message.content.filter(
    (block): block is ReasoningBlock => block.type === 'reasoning',
  );
  expect(textFact(plans.map((plan) => plan.text).join(''))).toEqual(toolPlan ?? textFact(''));
  expect(response.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args }))).toEqual(toolCalls);
  expect(response.finishReason.raw).toBe(finishReason);
  // The oracle did not look at the id of a stream, which is in its first event.
  const id = responseId ?? /"id":"([^"]+)","type":"message-start"/.exec(recording.body())?.[1];
  expect(response.id).toBe(id);
  expect(response.citations).toEqual([]);
  const { billedInput, billedOutput, input, output, ...others } = usage!;
  const raw = response.usage.raw as { billed_units: object; cached_tokens: number };
  expect(response.usage).toEqual({
    inputTokens: input,
    outputTokens: output,
    totalTokens: input! + output!,
    cachedInputTokens: raw.cached_tokens,
    raw,
  });
  expect(raw.billed_units).toEqual({ input_tokens: billedInput, output_tokens: billedOutput });
  expect(recording.body()).toContain(`"cached_tokens"`);
  if (events !== undefined) expect(recording.body().match(/^data: \{/gm)).toHaveLength(events as number);
  expect({ ...rest, ...others }).toEqual({});
}
