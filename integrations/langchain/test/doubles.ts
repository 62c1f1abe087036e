import type { LangChainChatModel } from '@mortise/langchain';

/** What a double was called with. */
export interface Asked {
  messages: unknown;
  options: Record<string, unknown>;
  tools?: unknown;
  toolOptions?: unknown;
}

export interface ChatDouble extends LangChainChatModel {
  readonly asked: Asked[];
}

/** A chat model of nobody's, in the shape of theirs: it gives `reply`, or `chunks` one after another. */
export function chatDouble({
  reply = { content: 'yes', response_metadata: { finish_reason: 'stop' } },
  chunks = [],
  type = 'double',
  ...more
}: {
  reply?: unknown;
  chunks?: readonly unknown[];
  type?: string;
  [member: string]: unknown;
} = {}): ChatDouble {
  const asked: Asked[] = [];
  const answering = (bound: Partial<Asked>) => ({
    async invoke(messages: unknown, options: Record<string, unknown>) {
      asked.push({ messages, options, ...bound });
      if (reply instanceof Error) throw reply;
      return typeof reply === 'function' ? (reply as (options: unknown) => unknown)(options) : reply;
    },
    async stream(messages: unknown, options: Record<string, unknown>) {
      asked.push({ messages, options, ...bound });
      return (async function* () {
        for (const chunk of chunks) {
          if (chunk instanceof Error) throw chunk;
          yield chunk;
        }
      })();
    },
  });
  return {
    ...answering({}),
    asked,
    bindTools: (tools: unknown, toolOptions: unknown) => answering({ tools, toolOptions }),
    _llmType: () => type,
    _modelType: () => 'base_chat_model',
    ...more,
  } as unknown as ChatDouble;
}
