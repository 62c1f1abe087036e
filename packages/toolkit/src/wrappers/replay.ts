import type { AnsweredBy, OpenAttempt } from '@mortise/core/call';
import { toMortiseError } from '@mortise/core';
import type { Span } from '@mortise/core/events';
import { type ChatStream, eventsOfReply, type ChatReply, createChatStream } from '@mortise/core/llm';

/** A reply that is there already as the stream it might have been, with one delta for each text. */
export function replayedStream(reply: ChatReply, asked: AnsweredBy & { readonly model: string }): ChatStream {
  const opened = { attempt: attemptDone(), source: nothing(), head: eventsOfReply(reply), warnings: [] };
  return createChatStream({
    asked,
    open: () => ({ span: NO_SPAN, opened: Promise.resolve(opened) }),
    abandon: () => undefined,
    describe: () => ({}),
  });
}

/** The call was made and told of when the reply was new. */
const NO_SPAN: Span = { id: undefined, end: () => undefined, fail: () => undefined, run: (fn) => fn() };

function attemptDone(): OpenAttempt {
  const nothingToDo = (): void => undefined;
  return {
    number: 1,
    signal: new AbortController().signal,
    touch: nothingToDo,
    warn: nothingToDo,
    opened: nothingToDo,
    pause: nothingToDo,
    resume: nothingToDo,
    close: nothingToDo,
    failure: toMortiseError,
  };
}

async function* nothing(): AsyncGenerator<never, void> {}
