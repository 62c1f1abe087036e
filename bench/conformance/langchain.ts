import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageChunk,
  type BaseMessage,
  type UsageMetadata,
} from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import type { WireTarget } from '@mortise/conformance';
import type { Attempt } from '@mortise/core';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type StreamBatch,
  type Usage,
} from '@mortise/core/llm';
import {
  contentOf,
  createPlaces,
  finishOf,
  KEY,
  metadata,
  MODEL,
  toMortise,
  turnsOf,
  usageOf,
  type Turn,
} from './peer.ts';

/** LangChain's `ChatOpenAI`, with its own retries and its own reading. */
export class LangChain extends BaseLLM {
  readonly metadata = metadata;
  readonly #url: string;
  readonly #headers: WireTarget['settings']['headers'];

  constructor({ url, settings: { headers } }: WireTarget) {
    super({ provider: 'peer', model: MODEL, retry: false });
    this.#url = url;
    this.#headers = headers;
  }

  async doGenerate(request: ChatRequest, { signal }: Attempt): Promise<ChatReply> {
    try {
      const reply = await this.#model(request).invoke(
        turnsOf(request).map(messageOf),
        callOf(request, signal),
      );
      const calls = [...(reply.tool_calls ?? []), ...(reply.invalid_tool_calls ?? [])].map(
        ({ id, name, args }) => ({
          id: id ?? '',
          name: name ?? '',
          text: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
        }),
      );
      return {
        ...aboutOf(reply),
        content: contentOf(reply.text, calls),
        finishReason: finishOf(rawFinish(reply)),
        usage: usageIn(reply),
      };
    } catch (error) {
      throw toMortise(error);
    }
  }

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    const messages = turnsOf(request).map(messageOf);
    try {
      const stream = await this.#model(request).stream(messages, callOf(request, attempt.signal));
      return eventsOf(stream, attempt);
    } catch (error) {
      throw toMortise(error);
    }
  }

  #model({ temperature, topP, maxOutputTokens }: ChatRequest): ChatOpenAI {
    return new ChatOpenAI({
      model: MODEL,
      apiKey: KEY,
      useResponsesApi: false,
      configuration: { baseURL: this.#url, defaultHeaders: this.#headers },
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
    });
  }
}

async function* eventsOf(
  stream: AsyncIterable<AIMessageChunk>,
  attempt: Attempt,
): AsyncGenerator<ChatStreamEvent> {
  const placeOf = createPlaces();
  let whole: AIMessageChunk | undefined;
  try {
    for await (const chunk of stream) {
      attempt.touch();
      whole = whole === undefined ? chunk : whole.concat(chunk);
      if (chunk.text !== '') yield { type: 'text-delta', index: placeOf('text'), delta: chunk.text };
      for (const { index: at = 0, id, name, args } of chunk.tool_call_chunks ?? []) {
        const index = placeOf(`call ${at}`);
        if (id) yield { type: 'tool-call-start', index, id, name: name ?? '' };
        if (args) yield { type: 'tool-call-delta', index, delta: args };
      }
    }
  } catch (error) {
    throw toMortise(error);
  }
  if (whole !== undefined) yield { type: 'start', ...aboutOf(whole) };
  // The stream ended: for its user the reply is complete.
  yield {
    type: 'finish',
    finishReason: finishOf(whole && rawFinish(whole)),
    usage: whole ? usageIn(whole) : {},
  };
}

function callOf({ tools, toolChoice, stop, seed }: ChatRequest, signal: AbortSignal): object {
  return {
    signal,
    tools: tools?.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
    tool_choice:
      typeof toolChoice !== 'object' ? toolChoice : 'tool' in toolChoice ? toolChoice.tool : 'required',
    stop,
    seed,
  };
}

function messageOf({ role, text, calls, callId = '' }: Turn): BaseMessage {
  switch (role) {
    case 'system':
      return new SystemMessage(text);
    case 'user':
      return new HumanMessage(text);
    case 'tool':
      return new ToolMessage({ content: text, tool_call_id: callId });
    case 'assistant':
      return new AIMessage({
        content: text,
        tool_calls: calls.map(({ id, name, arguments: args }) => ({
          id,
          name,
          args: args as Record<string, unknown>,
        })),
      });
  }
}

function aboutOf({ id, response_metadata: about }: AIMessage | AIMessageChunk): {
  id?: string;
  model?: string;
} {
  const model = (about['model_name'] ?? about['model']) as string | undefined;
  return { ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) };
}

function rawFinish({ response_metadata: about }: AIMessage | AIMessageChunk): string | undefined {
  return about['finish_reason'] as string | undefined;
}

function usageIn(message: AIMessage | AIMessageChunk): Usage {
  const usage = message.usage_metadata as UsageMetadata | undefined;
  return usageOf({
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
    totalTokens: usage?.total_tokens,
    cachedInputTokens: usage?.input_token_details?.cache_read,
    cacheWriteTokens: undefined,
    reasoningTokens: usage?.output_token_details?.reasoning,
  });
}
