import type { ChatReply, ChatRequest, ChatStreamEvent, LLMCapabilities } from '@mortise/core/llm';
import type { SchemaDialect } from '@mortise/core/schema';
import type { StreamTranslator } from '@mortise/core/wire';
import type { Endpoint, OpenAILLMClient } from './client.ts';
import type { ChatCompletionsContext } from './convert-chat-request.ts';
import type { WireAbout, WireBody } from './convert.ts';

/** One API of OpenAI: where it is, and what is said there. */
export interface OpenAIApi {
  readonly endpoint: (client: OpenAILLMClient) => Endpoint;
  readonly toRequest: (request: ChatRequest, context: ChatCompletionsContext) => WireBody;
  readonly toStreamRequest: (request: ChatRequest, context: ChatCompletionsContext) => WireBody;
  readonly fromReply: (body: WireBody, about: WireAbout) => ChatReply<WireBody>;
  readonly fromStream: (about: WireAbout) => StreamTranslator<ChatStreamEvent>;
  readonly capabilities: LLMCapabilities;
  /** Default: that of OpenAI's strict mode. */
  readonly schemaDialect?: SchemaDialect | undefined;
  /** Characters that the API takes as the id of a call. */
  readonly callIdLength: number;
}

/** What is said there: what a call needs and a constructor does not. */
export type Translation = Pick<OpenAIApi, 'toRequest' | 'toStreamRequest' | 'fromReply' | 'fromStream'>;

/** An API without what is said there, which is loaded at the first call. */
export interface LoadedApi extends Omit<OpenAIApi, keyof Translation> {
  readonly load: () => Promise<Translation>;
}

export const RESPONSES: LoadedApi = {
  endpoint: (client) => client.responses,
  load: () => import('./api-responses.ts'),
  capabilities: /* @__PURE__ */ capabilities({
    allowedTools: true,
    inputModalities: ['text', 'image', 'document'],
    stop: false,
    seed: false,
  }),
  callIdLength: 64,
};

export const CHAT_COMPLETIONS: LoadedApi = {
  endpoint: (client) => client.chat.completions,
  load: () => import('./api-chat-completions.ts'),
  capabilities: /* @__PURE__ */ capabilities({
    inputModalities: ['text', 'image', 'document', 'audio'],
    names: true,
    stop: true,
    seed: true,
  }),
  callIdLength: 40,
};

/** Those of one API, with what both have. By a call, as bundlers keep what spreads an object when a module loads. */
function capabilities(
  own: Pick<LLMCapabilities, 'inputModalities' | 'stop' | 'seed'> & Partial<LLMCapabilities>,
): LLMCapabilities {
  return {
    streaming: true,
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    usageInStreams: true,
    ...own,
  };
}
