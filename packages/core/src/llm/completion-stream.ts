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
    async final() {
      return toCompletionResponse(await chat.final());
    },
    toReadableStream: () => readableStream(chat.textStream[Symbol.asyncIterator]()),
    cancel: () => chat.cancel(),
  };
}
