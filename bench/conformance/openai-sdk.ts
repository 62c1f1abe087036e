import type { WireTarget } from '@mortise/conformance';
import type { Attempt } from '@mortise/core';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type StreamBatch,
} from '@mortise/core/llm';
import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
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

type Params = ChatCompletionCreateParamsNonStreaming;

/** The `openai` SDK alone, with its own retries and its own reading. */
export class OpenAISDK extends BaseLLM {
  readonly metadata = metadata;
  readonly #client: OpenAI;

  constructor({ url, settings: { headers } }: WireTarget) {
    super({ provider: 'peer', model: MODEL, retry: false });
    this.#client = new OpenAI({ apiKey: KEY, baseURL: url, defaultHeaders: headers });
  }

  async doGenerate(request: ChatRequest, { signal }: Attempt): Promise<ChatReply> {
    try {
      const reply = await this.#client.chat.completions.create(bodyOf(request), { signal });
      const { message, finish_reason: finish } = reply.choices[0]!;
      const calls = (message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function'
          ? [{ id: call.id, name: call.function.name, text: call.function.arguments }]
          : [],
      );
      return {
        id: reply.id,
        model: reply.model,
        createdAt: new Date(reply.created * 1000).toISOString(),
        content: contentOf(message.content ?? '', calls),
        finishReason: finishOf(finish),
        usage: usageIn(reply.usage),
      };
    } catch (error) {
      throw toMortise(error);
    }
  }

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    const { signal } = attempt;
    const stream = await this.#client.chat.completions
      .create({ ...bodyOf(request), stream: true, stream_options: { include_usage: true } }, { signal })
      .catch((error: unknown) => {
        throw toMortise(error);
      });
    return eventsOf(stream, attempt);
  }
}

async function* eventsOf(
  stream: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>,
  attempt: Attempt,
): AsyncGenerator<ChatStreamEvent> {
  let finish: string | null = null;
  let usage = {};
  let began = false;
  const placeOf = createPlaces();
  try {
    for await (const { id, model, created, choices, usage: counts } of stream) {
      attempt.touch();
      if (!began) yield { type: 'start', id, model, createdAt: new Date(created * 1000).toISOString() };
      began = true;
      if (counts) usage = usageIn(counts);
      // An event of a kind that is not known has none, whatever the type says.
      const choice = (choices as typeof choices | undefined)?.[0];
      if (choice === undefined) continue;
      const { content, tool_calls: calls = [] } = choice.delta;
      if (content) yield { type: 'text-delta', index: placeOf('text'), delta: content };
      for (const { index: at, id: call, function: named } of calls) {
        const index = placeOf(`call ${at}`);
        if (call) yield { type: 'tool-call-start', index, id: call, name: named?.name ?? '' };
        if (named?.arguments) yield { type: 'tool-call-delta', index, delta: named.arguments };
      }
      finish = choice.finish_reason ?? finish;
    }
  } catch (error) {
    throw toMortise(error);
  }
  // The SDK's iterator ended: for its user the reply is complete.
  yield { type: 'finish', finishReason: finishOf(finish), usage };
}

function bodyOf(request: ChatRequest): Params {
  const { tools, toolChoice, maxOutputTokens, temperature, topP, stop, seed } = request;
  const body = {
    model: MODEL,
    messages: turnsOf(request).map(messageOf),
    tools: tools?.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
    tool_choice:
      typeof toolChoice !== 'object'
        ? toolChoice
        : 'tool' in toolChoice
          ? { type: 'function', function: { name: toolChoice.tool } }
          : 'required',
    max_completion_tokens: maxOutputTokens,
    temperature,
    top_p: topP,
    stop,
    seed,
    ...request.providerOptions?.['peer'],
  };
  return body as unknown as Params;
}

function messageOf({ role, text, calls, callId }: Turn): object {
  if (role === 'tool') return { role, tool_call_id: callId, content: text };
  if (calls.length === 0) return { role, content: text };
  const tool_calls = calls.map(({ id, name, arguments: args }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
  return { role, content: text === '' ? null : text, tool_calls };
}

function usageIn(usage: OpenAI.CompletionUsage | undefined) {
  return usageOf({
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
    totalTokens: usage?.total_tokens,
    cachedInputTokens: usage?.prompt_tokens_details?.cached_tokens,
    cacheWriteTokens: undefined,
    reasoningTokens: usage?.completion_tokens_details?.reasoning_tokens,
  });
}
