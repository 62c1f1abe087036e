import type { LLM } from '@mortise/core';
import { marked } from '../mark.ts';
import type { AISDKOutputVersion, OutputReply, OutputStreamPart } from '../output.ts';
import type { InputLanguageCall, LanguageModelForAISDK } from '../spec.ts';
import { endData, noteOf, partsOf, responseOf } from './content.ts';
import type { Dialect, Note } from './dialects.ts';
import { theirError } from './errors.ts';
import { messagesOf } from './prompt.ts';
import { optionsOf } from './request.ts';
import { StreamWriter } from './stream.ts';

/** How a language model of ours shows itself. */
export interface ToAISDKLLMOptions {
  /**
   * Who tries again: `mortise`, whose models do unless they were made with `retry: false`; or `ai-sdk`, for a model that was,
   * by the `maxRetries` of `generateText`. Default: `mortise`, and errors then say that they are not retryable.
   */
  readonly retries?: 'mortise' | 'ai-sdk' | undefined;
  /** Addresses that the model's server fetches itself, by media type. Default: none, and the AI SDK downloads them. */
  readonly supportedUrls?: Record<string, RegExp[]> | undefined;
}

export function languageModel<V extends AISDKOutputVersion>(
  llm: LLM,
  dialect: Dialect<V>,
  { retries = 'mortise', supportedUrls = {} }: ToAISDKLLMOptions,
): LanguageModelForAISDK<V> {
  const fail = (error: unknown, signal: AbortSignal | undefined): unknown => {
    if (signal?.aborted === true) return signal.reason;
    return theirError(error, llm, retries === 'ai-sdk');
  };
  const ask = (call: InputLanguageCall) => {
    const warnings: Note[] = [];
    const leaveOut = (what: string): void =>
      void warnings.push({ message: `Left out, since Mortise has no place for it: ${what}.` });
    return { warnings, messages: messagesOf(call.prompt, leaveOut), options: optionsOf(call, warnings) };
  };
  return marked<LanguageModelForAISDK<V>>({
    specificationVersion: dialect.version,
    get provider() {
      return llm.provider;
    },
    get modelId() {
      return llm.model;
    },
    supportedUrls,
    async doGenerate(call): Promise<OutputReply<V>> {
      try {
        const { warnings, messages, options } = ask(call);
        const response = await llm.chat(messages, options);
        return {
          content: response.message.content.flatMap((block, at) => partsOf(block, at, dialect)),
          finishReason: dialect.finish(response.finishReason),
          usage: dialect.usage(response.usage),
          warnings: [...warnings, ...response.warnings.map(noteOf)].map(dialect.warning),
          response: responseOf(response),
          ...endData(response, dialect),
        };
      } catch (error) {
        throw fail(error, call.abortSignal);
      }
    },
    async doStream(call) {
      try {
        const { warnings, messages, options } = ask(call);
        const writer = new StreamWriter(dialect, warnings, call.includeRawChunks === true);
        const events = llm.streamChat(messages, options)[Symbol.asyncIterator]();
        const next = async (): Promise<OutputStreamPart<V>[] | undefined> => {
          for (;;) {
            const read = await events.next();
            if (read.done === true) return undefined;
            const parts = writer.write(read.value);
            if (parts.length > 0) return parts;
          }
        };
        // What fails before anything was said fails the call.
        let head = await next();
        const stream = new ReadableStream<OutputStreamPart<V>>(
          {
            async pull(controller) {
              try {
                const parts = head ?? (await next());
                head = undefined;
                if (parts === undefined) controller.close();
                else for (const part of parts) controller.enqueue(part);
              } catch (error) {
                if (call.abortSignal?.aborted === true) return controller.error(call.abortSignal.reason);
                controller.enqueue({ type: 'error', error: fail(error, undefined) });
                controller.close();
              }
            },
            async cancel() {
              await events.return?.();
            },
          },
          { highWaterMark: 0 },
        );
        return { stream };
      } catch (error) {
        throw fail(error, call.abortSignal);
      }
    },
  });
}
