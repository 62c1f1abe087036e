import { createOpenAI } from '@ai-sdk/openai';
import type { WireTarget } from '@mortise/conformance';
import type { Attempt } from '@mortise/core';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type StreamBatch,
} from '@mortise/core/llm';
import { generateText, jsonSchema, streamText, tool, type LanguageModelUsage, type ModelMessage } from 'ai';
import {
  contentOf,
  createPlaces,
  failed,
  finishOf,
  KEY,
  metadata,
  MODEL,
  toMortise,
  turnsOf,
  usageOf,
  type Turn,
} from './peer.ts';

type Call = Parameters<typeof generateText>[0];

/** The AI SDK's `openai()`, with its own retries and its own reading. */
export class AISDK extends BaseLLM {
  readonly metadata = metadata;
  readonly #model: ReturnType<ReturnType<typeof createOpenAI>['chat']>;

  constructor({ url, settings: { headers } }: WireTarget) {
    super({ provider: 'peer', model: MODEL, retry: false });
    this.#model = createOpenAI({
      apiKey: KEY,
      baseURL: url,
      ...(headers === undefined ? {} : { headers: { ...headers } }),
    }).chat(MODEL);
  }

  async doGenerate(request: ChatRequest, { signal }: Attempt): Promise<ChatReply> {
    try {
      const reply = await generateText(this.#call(request, signal));
      const calls = reply.toolCalls.map(({ toolCallId: id, toolName: name, input }) => ({
        id,
        name,
        text: typeof input === 'string' ? input : JSON.stringify(input ?? {}),
      }));
      return {
        ...aboutOf(reply.response),
        content: contentOf(reply.text, calls),
        finishReason: finishOf(reply.rawFinishReason ?? reply.finishReason),
        usage: usageIn(reply.usage),
      };
    } catch (error) {
      throw toMortise(error);
    }
  }

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    // Without it errors are printed.
    const stream = streamText({ ...this.#call(request, attempt.signal), onError: () => undefined });
    return eventsOf(stream.fullStream as AsyncIterable<Part>, attempt);
  }

  #call(request: ChatRequest, signal: AbortSignal): Call {
    const { tools, toolChoice, maxOutputTokens, temperature, topP, stop, seed } = request;
    const turns = turnsOf(request);
    const named = tools?.map(({ name, description, parameters }) => [
      name,
      tool({ description, inputSchema: jsonSchema(parameters as object) } as never),
    ]);
    const call = {
      model: this.#model,
      instructions: turns.find(({ role }) => role === 'system')?.text,
      messages: turns.filter(({ role }) => role !== 'system').map(messageOf),
      abortSignal: signal,
      tools: named === undefined ? undefined : Object.fromEntries(named),
      toolChoice:
        typeof toolChoice !== 'object'
          ? toolChoice
          : 'tool' in toolChoice
            ? { type: 'tool', toolName: toolChoice.tool }
            : 'required',
      maxOutputTokens,
      temperature,
      topP,
      stopSequences: stop === undefined ? undefined : [...stop],
      seed,
    };
    return call as unknown as Call;
  }
}

/** The members of a stream's parts that are read. */
interface Part {
  readonly type: string;
  readonly id: string;
  readonly text: string;
  readonly delta: string;
  readonly toolName: string;
  readonly error: unknown;
  readonly finishReason: string;
  readonly rawFinishReason?: string;
  readonly totalUsage: LanguageModelUsage;
  readonly response: { readonly id: string; readonly modelId: string; readonly timestamp: Date };
}

async function* eventsOf(parts: AsyncIterable<Part>, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
  const placeOf = createPlaces();
  for await (const part of parts) {
    attempt.touch();
    switch (part.type) {
      case 'text-delta':
        yield { type: 'text-delta', index: placeOf('text'), delta: part.text };
        break;
      case 'tool-input-start':
        yield {
          type: 'tool-call-start',
          index: placeOf(`call ${part.id}`),
          id: part.id,
          name: part.toolName,
        };
        break;
      case 'tool-input-delta':
        yield { type: 'tool-call-delta', index: placeOf(`call ${part.id}`), delta: part.delta };
        break;
      case 'finish-step':
        yield { type: 'start', ...aboutOf(part.response) };
        break;
      case 'error':
        throw toMortise(part.error);
      case 'finish': {
        // So the AI SDK tells of a stream that ended too early.
        if (part.finishReason === 'interrupted')
          throw failed('stream-truncated', 'The stream was interrupted.');
        const finishReason = finishOf(part.rawFinishReason ?? part.finishReason);
        yield { type: 'finish', finishReason, usage: usageIn(part.totalUsage) };
      }
    }
  }
}

function messageOf({ role, text, calls, callId = '' }: Turn): ModelMessage {
  if (role === 'tool') {
    const result = {
      type: 'tool-result',
      toolCallId: callId,
      toolName: 'tool',
      output: { type: 'text', value: text },
    };
    return { role, content: [result] } as ModelMessage;
  }
  if (calls.length === 0) return { role, content: text } as ModelMessage;
  const content = calls.map(({ id, name, arguments: input }) => ({
    type: 'tool-call',
    toolCallId: id,
    toolName: name,
    input,
  }));
  return {
    role: 'assistant',
    content: [...(text === '' ? [] : [{ type: 'text', text }]), ...content],
  } as ModelMessage;
}

function aboutOf({ id, modelId, timestamp }: Part['response']): {
  id: string;
  model: string;
  createdAt: string;
} {
  return { id, model: modelId, createdAt: timestamp.toISOString() };
}

/** The AI SDK says 0 where the provider says nothing. One remark on that is enough, so it is taken for absent. */
function usageIn(usage: LanguageModelUsage) {
  return usageOf({
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.totalTokens,
    cachedInputTokens: usage.inputTokenDetails.cacheReadTokens || undefined,
    cacheWriteTokens: usage.inputTokenDetails.cacheWriteTokens,
    reasoningTokens: usage.outputTokenDetails.reasoningTokens || undefined,
  });
}
