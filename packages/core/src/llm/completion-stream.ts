import type { ChatStream, CompletionStream } from './contract.ts';
import { toCompletionResponse } from './response.ts';
import { readableStream } from '../call/single-reader.ts';

/** A chat stream seen as the text it carries. */
export function createCompletionStream<M>(chat: ChatStream<M>): CompletionStream<M> {
  return {
    [Symbol.asyncIterator]: () => chat.textStream[Symbol.asyncIterator](),
    get partial() {
      return chat.partial.text;
    },
    final() {
      const response = chat.final().then(toCompletionResponse<M>);
      // L-06: never an unhandled rejection.
      response.catch(() => undefined);
      return response;
    },
    toReadableStream: () => readableStream(chat.textStream[Symbol.asyncIterator]()),
    cancel: () => chat.cancel(),
  };
}
