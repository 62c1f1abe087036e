import { isMortiseError } from '@mortise/core';
import type { ChatResponse, ReasoningBlock } from '@mortise/core/llm';
import {
  readRecordings,
  recordedResponse,
  recordingsAbsent,
  replay,
  startWire,
  textFact,
  type Recording,
} from '@mortise/conformance';
import { OpenAIEmbedding, OpenAILLM, type OpenAILLMOptions } from '@mortise/openai';
import { azure, deepseek, groq, xai } from '@mortise/openai/presets';
import { describe, expect, it } from 'vitest';

const PRESETS: Readonly<Record<string, Omit<OpenAILLMOptions, 'model'>>> = {
  groq,
  deepseek,
  'openai-compatible': xai,
  azure: azure({ resource: 'recorded' }),
};

const recordings = readRecordings(['openai', 'openai-compatible', 'azure', 'groq', 'deepseek']);

describe.skipIf(recordings.length === 0)('recordings', () => {
  const chats = recordings.filter(({ api, facts }) => api !== 'embeddings' && facts.error === undefined);

  for (const recording of chats) {
    it(`L-01: L-04 ${recording.file}`, async () => {
      await using wire = await startWire((_request, reply) => replay(reply, recording));
      check(await ask(recording, { baseURL: `${wire.url}/v1` }), recording);
    });

    const preset = PRESETS[recording.provider];
    it.runIf(preset !== undefined).each([1, 7])(
      `L-01: ${recording.file} by the preset of its server, in pieces of %i`,
      async (chunk) => {
        const fetch = async (): Promise<Response> => recordedResponse(recording, chunk);
        const model = new OpenAILLM({ ...preset!, model: 'm', apiKey: 'k', fetch, retry: false });
        const reply = await (recording.streamed ? model.streamChat('hello').final() : model.chat('hello'));
        check(reply, recording);
        expect(reply.server).toBe(preset!.name);
      },
    );

    if (!recording.streamed) continue;

    it.each([1, 2, 7, 64, 1000])(`W-01: ${recording.file} in pieces of %i`, async (chunk) => {
      const fetch = async (): Promise<Response> => recordedResponse(recording, chunk);
      check(await ask(recording, { baseURL: 'http://recorded.test/v1', fetch }), recording);
    });

    if (recording.api === 'responses')
      it(`L-04: ${recording.file}, whole`, async () => {
        const completed = terminalResponse(recording);
        await using wire = await startWire((_request, reply) => {
          reply.writeHead(200, { 'content-type': 'application/json' }).end(completed);
        });
        await using streaming = await startWire((_request, reply) => replay(reply, recording));
        const whole = await llm(recording, { baseURL: `${wire.url}/v1` }).chat('hello');
        check(whole, recording);
        expect(await ask(recording, { baseURL: `${streaming.url}/v1` })).toEqual(whole);
      });

    it(`E-01: ${recording.file} without its end`, async () => {
      const frames = recording.body().split('\n\n');
      // Before the first word of an end: over Chat Completions a finish reason is one.
      const end = frames.findIndex((frame) =>
        /"finish_reason":\s*"|"type":\s*"response\.completed"/.test(frame),
      );
      frames.length = end;
      await using wire = await startWire((_request, reply) => {
        reply.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${frames.join('\n\n')}\n\n`);
      });
      const error: unknown = await ask(recording, { baseURL: `${wire.url}/v1` }).catch(
        (thrown: unknown) => thrown,
      );
      expect(isMortiseError(error, 'stream-truncated'), String(error)).toBe(true);
    });
  }

  it.each(chats.filter(({ facts }) => facts.encryptedReasoning === true))(
    'L-01: $file: reasoning goes back byte for byte',
    async (recording) => {
      const raw = (JSON.parse(terminalResponse(recording)) as { output: unknown[] }).output;
      await using wire = await startWire((_request, reply) => replay(reply, recording));
      const model = llm(recording, { baseURL: `${wire.url}/v1` });
      const { message, toolCalls } = await model.streamChat('12 + 7').final();
      const stored = JSON.parse(JSON.stringify(message)) as typeof message;
      const result = { type: 'tool-result' as const, toolCallId: toolCalls[0]!.id, content: '19' };
      await model
        .streamChat([{ role: 'user', content: '12 + 7' }, stored, { role: 'tool', content: [result] }])
        .final();
      const { input, include } = wire.requests[1]!.body as { input: unknown[]; include: string[] };
      expect(input.slice(1, 1 + raw.length)).toEqual(raw);
      const opaque = (items: unknown[]) =>
        textFact((items[0] as { encrypted_content: string }).encrypted_content);
      expect(opaque(input.slice(1)).sha256).toBe(opaque(raw).sha256);
      expect(input.at(-1)).toEqual({ type: 'function_call_output', call_id: toolCalls[0]!.id, output: '19' });
      expect(include).toEqual(['reasoning.encrypted_content']);
    },
  );

  it.each(chats.filter(({ tags }) => tags.includes('web-search')))(
    'C-07: $file: every item goes back as it came',
    async (recording) => {
      const raw = (JSON.parse(terminalResponse(recording)) as { output: { type: string }[] }).output;
      await using wire = await startWire((_request, reply) => replay(reply, recording));
      const model = llm(recording, { baseURL: `${wire.url}/v1` });
      const { message } = await model.streamChat('news').final();
      await model
        .streamChat([{ role: 'user', content: 'news' }, message, { role: 'user', content: 'more' }])
        .final();
      const { input } = wire.requests[1]!.body as { input: unknown[] };
      expect(withoutLogprobs(input.slice(1, 1 + raw.length))).toEqual(withoutLogprobs(raw));
    },
  );

  it.each(recordings.filter(({ facts }) => facts.error !== undefined))('E-04: $file', async (recording) => {
    const expected = recording.facts.error!;
    await using wire = await startWire((_request, reply) => replay(reply, recording));
    const error: unknown = await llm(recording, { baseURL: `${wire.url}/v1` })
      .chat('hello')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-request', status: expected.status, retryable: false });
    expect((error as Error).message).toContain(expected.message.replace(/^\d+ /, '').replace(/\.$/, ''));
    expect(wire.requests).toHaveLength(1);
  });

  it.each(recordings.filter(({ api }) => api === 'embeddings'))('M-02: $file', async (recording) => {
    const { count, dims, first, usage } = recording.facts;
    await using wire = await startWire((_request, reply) => replay(reply, recording));
    const embedding = new OpenAIEmbedding({ model: 'm', baseURL: `${wire.url}/v1`, retry: false });
    const result = await embedding.embedTexts(Array.from({ length: count! }, (_, at) => `text ${at}`));
    expect(result.embeddings).toHaveLength(count!);
    expect(result.embeddings.map(({ length }) => length)).toEqual(Array<unknown>(count ?? 0).fill(dims));
    expect(result.embeddings[0]!.slice(0, first!.length)).toEqual(Float32Array.from(first!));
    expect(result.usage.inputTokens).toBe(usage!['input']);
    expect(result.providerMetadata).toEqual({ openai: { model: recording.facts.model } });
  });
});

describe.skipIf(recordings.length > 0)(recordingsAbsent, () => {
  it.skip('is needed for the facts of recorded answers', () => undefined);
});

interface Where {
  baseURL: string;
  fetch?: typeof fetch;
}

function llm({ api }: Recording, where: Where): OpenAILLM {
  return new OpenAILLM({
    // Two servers of one name: what is opaque in the replies has one owner.
    name: 'recorded',
    model: 'm',
    ...where,
    retry: false,
    api: api === 'chat' ? 'chat-completions' : 'responses',
  });
}

function ask(recording: Recording, where: Where): Promise<ChatResponse> {
  const model = llm(recording, where);
  return recording.streamed ? model.streamChat('hello').final() : model.chat('hello');
}

function terminalResponse(recording: Recording): string {
  const frame = recording
    .body()
    .split('\n\n')
    .find((text) => text.startsWith('event: response.completed'));
  return JSON.stringify((JSON.parse(frame!.slice(frame!.indexOf('{'))) as { response: unknown }).response);
}

function withoutLogprobs(items: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(items, (key, value: unknown) => (key === 'logprobs' ? undefined : value)));
}

/** Every fact, none skipped: one that this function does not know fails. */
function check(response: ChatResponse, { facts, provider }: Recording): void {
  const known = new Set<string>();
  const fact = <K extends keyof typeof facts>(name: K): (typeof facts)[K] => {
    known.add(String(name));
    return facts[name];
  };
  fact('oracle');
  fact('sameUnderSplits');
  fact('streamedTextEqualsFinal');
  expect(textFact(response.text)).toEqual(fact('text') ?? textFact(''));
  expect(response.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args }))).toEqual(
    fact('toolCalls'),
  );
  expect(response.finishReason.raw).toBe(fact('finishReason') ?? fact('status'));
  fact('status');
  expect(response.model).toBe(fact('model'));
  expect(response.id).toBe(fact('responseId'));
  const reasoning = response.message.content.filter(
    (block): block is ReasoningBlock => block.type === 'reasoning',
  );
  const reasoned = fact('reasoning');
  const expected =
    reasoned === undefined ? fact('reasoningSummary') : { sha256: reasoned.sha256, length: reasoned.length };
  expect(textFact(reasoning.map(({ text }) => text).join(''))).toEqual(expected ?? textFact(''));
  if (fact('encryptedReasoning') === true) expect(reasoning[0]!.encrypted).toMatch(/^gAAAA/);
  const types = fact('outputTypes');
  if (types !== undefined)
    expect(
      response.message.content.map(({ type }) => OUTPUT_TYPES[type] ?? type.replace('openai:', '')),
    ).toEqual(types);
  if ((fact('customToolCalls') as unknown[] | undefined) !== undefined) {
    expect(response.message.content.filter(({ type }) => type.includes('custom'))).toEqual(
      facts['customToolCalls'],
    );
  }
  const citations = fact('citations');
  expect(response.citations).toHaveLength(citations?.count ?? 0);
  if (citations !== undefined) {
    expect(response.citations[0]!.url).toBe(citations.firstUrl);
    const kinds = response.citations.map(
      ({ providerMetadata }) => (providerMetadata!['openai'] as { type: string }).type,
    );
    expect([...new Set(kinds)]).toEqual(citations.types);
  }
  checkUsage(response, fact('usage')!, provider);
  expect([...Object.keys(facts)].filter((name) => !known.has(name))).toEqual([]);
}

const OUTPUT_TYPES: Record<string, string> = { text: 'message', 'tool-call': 'function_call' };

function checkUsage(
  { usage }: ChatResponse,
  facts: Readonly<Record<string, number>>,
  provider: string,
): void {
  const { input, output, total, cachedInput, reasoning } = facts;
  const raw = usage.raw as Record<string, unknown>;
  expect(raw['completion_tokens'] ?? raw['output_tokens']).toBe(output);
  // xAI's completion_tokens leave the reasoning out, which L-01 counts as output.
  const outputTokens = provider === 'openai-compatible' ? total! - input! : output;
  const { raw: _raw, ...counts } = usage;
  expect(counts).toEqual(
    JSON.parse(
      JSON.stringify({
        inputTokens: input,
        outputTokens,
        totalTokens: total,
        cachedInputTokens: cachedInput,
        reasoningTokens: reasoning,
      }),
    ),
  );
}
