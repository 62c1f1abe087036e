import {
  blocksOf,
  type ChatMessage,
  type ChatOptions,
  type ChatStreamEvent,
  type ContentBlock,
  type LLM,
} from '@mortise/core/llm';
import { defined, isObject, reading } from '@mortise/core/shared';
import type { LangChainBlock } from './contract.ts';
import { fromMessage } from './from-messages.ts';
import { toChatOptions, toDefinitions, type ConvertTool } from './to-options.ts';
import { isCall } from './to-messages.ts';
import {
  callChunk,
  keptBlocks,
  toReplyFields,
  toResponseMetadata,
  toUsage,
  withKeptBlocks,
} from './to-reply.ts';
import { objectOf, OUR_TYPE, type Members } from './values.ts';

/** What of `@langchain/core` a chat model is made with, from the application's own copy. */
export interface ChatModelParts<M extends object> {
  /** Of `@langchain/core/language_models/chat_models`. */
  readonly BaseChatModel: abstract new (fields: never) => M;
  /** Of `@langchain/core/messages`. */
  readonly AIMessageChunk: new (fields: never) => object;
  /** Of `@langchain/core/outputs`. */
  readonly ChatGenerationChunk: new (fields: never) => object;
  /** Of `@langchain/core/utils/function_calling`. */
  readonly convertToOpenAITool: ConvertTool;
}

/** The part of their callback manager that is used. */
interface RunManager {
  handleLLMNewToken(
    token: string,
    indices?: object,
    runId?: undefined,
    parent?: undefined,
    tags?: undefined,
    fields?: object,
  ): Promise<void>;
}

/** What is called of theirs. */
interface Base {
  withConfig(config: object): unknown;
  withStructuredOutput(schema: unknown, config?: object): unknown;
}

/**
 * A model of ours as a chat model of theirs: a step of chains, a model of agents and graphs. It repeats nothing by itself,
 * as the model does; what a call needs besides goes with `withConfig({ temperature, providerOptions })`.
 */
export function toChatModel<M extends object>(llm: LLM, parts: ChatModelParts<M>): M {
  return chatModel(llm, parts) as M;
}

function chatModel(llm: LLM, parts: ChatModelParts<object>): object {
  const { BaseChatModel, AIMessageChunk, ChatGenerationChunk, convertToOpenAITool } = parts;
  const chunkOf = (text: string, fields: Members, info?: Members): object => {
    const message = new AIMessageChunk({ content: '', ...fields } as never);
    return new ChatGenerationChunk(defined({ text, message, generationInfo: info }) as never);
  };

  const asked = (messages: readonly unknown[], options: Members): [ChatMessage[], ChatOptions] => [
    reading('The list of messages', () => toInput(messages)),
    toChatOptions(options, convertToOpenAITool),
  ];

  class MortiseChatModel extends (BaseChatModel as new (fields: object) => Base) {
    readonly lc_serializable = false;
    readonly model = llm.model;

    static lc_name(): string {
      return 'MortiseChatModel';
    }

    _llmType(): string {
      return OUR_TYPE;
    }

    get profile(): object {
      return profileOf(llm);
    }

    getLsParams(options: Members): object {
      const { temperature, maxOutputTokens, stop } = toChatOptions(
        { ...options, tools: undefined },
        convertToOpenAITool,
      );
      return defined({
        ls_provider: llm.provider,
        ls_model_name: llm.model,
        ls_model_type: 'chat',
        ls_temperature: temperature,
        ls_max_tokens: maxOutputTokens,
        ls_stop: stop,
      });
    }

    _identifyingParams(): object {
      return { provider: llm.provider, model: llm.model };
    }

    invocationParams(options: Members = {}): object {
      const { signal: _signal, ...params } = toChatOptions(options, convertToOpenAITool);
      return { model: llm.model, ...params };
    }

    bindTools(tools: unknown[], options: object = {}): unknown {
      const functions = toDefinitions(tools, convertToOpenAITool).map((definition) => ({
        type: 'function',
        function: definition,
      }));
      return this.withConfig({ tools: functions, ...options });
    }

    /** As theirs, by a tool, and its call is forced where the model can be. */
    override withStructuredOutput(schema: unknown, config?: object): unknown {
      if (llm.metadata.capabilities.toolChoice === false) return super.withStructuredOutput(schema, config);
      const value = (tools: unknown[]) => this.bindTools(tools, { tool_choice: 'any' });
      const forcing = Object.create(this, { bindTools: { value } }) as Base;
      return super.withStructuredOutput.call(forcing, schema, config);
    }

    async _generate(messages: unknown[], options: Members): Promise<object> {
      const response = await llm.chat(...asked(messages, options));
      const fields = toReplyFields(response);
      const message = new AIMessageChunk(fields as never);
      // Their constructor takes none that did not come in pieces.
      Object.assign(message, { invalid_tool_calls: fields['invalid_tool_calls'] });
      return { generations: [{ text: response.text, message }] };
    }

    async *_streamResponseChunks(
      messages: unknown[],
      options: Members,
      manager?: RunManager,
    ): AsyncGenerator<object> {
      const stream = llm.streamChat(...asked(messages, options));
      const pieces = new Pieces();
      for await (const event of stream) {
        const said = pieces.of(event);
        if (said === undefined) continue;
        const chunk = chunkOf(said.text, said.fields);
        yield chunk;
        await manager?.handleLLMNewToken(
          said.text,
          { prompt: 0, completion: 0 },
          undefined,
          undefined,
          undefined,
          { chunk },
        );
      }
      const response = await stream.final();
      const last = chunkOf(
        '',
        defined({
          content: pieces.isList ? [] : '',
          tool_call_chunks: pieces.missingCalls(response.message.content),
          additional_kwargs: keptBlocks(response.message.content),
          response_metadata: toResponseMetadata(response),
          usage_metadata: toUsage(response.usage),
        }),
      );
      yield last;
    }

    _combineLLMOutput(): object {
      return {};
    }
  }
  return new MortiseChatModel({ maxRetries: 0 });
}

/** What a stream's events add to a message of theirs. A text alone stays a string; beside other blocks it is one. */
class Pieces {
  isList = false;
  #isText = false;
  readonly #calls = new Set<number>();

  of(event: ChatStreamEvent): { text: string; fields: Members } | undefined {
    const known = event as Exclude<ChatStreamEvent, { type: `${string}:${string}` }>;
    switch (known.type) {
      case 'start':
        return known.id === undefined ? undefined : { text: '', fields: { id: known.id } };
      case 'text-delta':
        this.#isText = true;
        return { text: known.delta, fields: { content: this.#text(known.index, known.delta) } };
      case 'reasoning-delta':
        // After a text that came as a string, it is told in the end.
        if (this.#isText && !this.isList) return undefined;
        this.isList = true;
        return {
          text: '',
          fields: { content: [{ type: 'reasoning', reasoning: known.delta, index: known.index }] },
        };
      case 'tool-call-start': {
        const { id, name, index } = known;
        this.#calls.add(index);
        return { text: '', fields: this.#call({ id, name, args: '', index }) };
      }
      case 'tool-call-delta':
        return { text: '', fields: this.#call({ args: known.delta, index: known.index }) };
      default:
        return undefined;
    }
  }

  #text(index: number, text: string): string | LangChainBlock[] {
    return this.isList ? [{ type: 'text', text, index }] : text;
  }

  #call(chunk: Members): Members {
    return { content: this.isList ? [] : '', tool_call_chunks: [{ type: 'tool_call_chunk', ...chunk }] };
  }

  /** Calls that came as blocks alone. */
  missingCalls(content: readonly ContentBlock[]): object[] | undefined {
    const missing = content.flatMap((block, index) =>
      isCall(block) && !this.#calls.has(index) ? [callChunk(block, index)] : [],
    );
    return missing.length === 0 ? undefined : missing;
  }
}

function toInput(messages: readonly unknown[]): ChatMessage[] {
  return messages.map((message) => {
    const told = fromMessage(message);
    if (told.role !== 'assistant') return told;
    const blocks = withKeptBlocks(objectOf(message), blocksOf(told));
    return { ...told, content: blocks.filter((block) => !isKept(block)) };
  });
}

/** What `fromMessage` makes of `additional_kwargs` that are ours. */
function isKept(block: ContentBlock): boolean {
  if (block.type !== 'langchain:message' || !isObject(block)) return false;
  const value = objectOf((block as { readonly value?: unknown }).value);
  const more = objectOf(value['additional_kwargs']);
  return Object.keys(more).length === 1 && 'mortise' in more && value['response_metadata'] === undefined;
}

/** As theirs describe a model. */
function profileOf({ metadata }: LLM): object {
  const { contextWindow, maxOutputTokens, capabilities } = metadata;
  const { inputModalities: inputs, tools, toolChoice, structuredOutput, reasoning } = capabilities;
  return defined({
    maxInputTokens: contextWindow,
    maxOutputTokens,
    toolCalling: tools,
    toolChoice,
    structuredOutput: structuredOutput === undefined ? undefined : structuredOutput === 'native',
    reasoningOutput: reasoning,
    imageInputs: inputs?.includes('image'),
    audioInputs: inputs?.includes('audio'),
    pdfInputs: inputs?.includes('document'),
    videoInputs: inputs?.includes('video'),
  });
}
