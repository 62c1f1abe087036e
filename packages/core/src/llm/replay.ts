import type { OpenAttempt } from '../call/call.ts';
import { toMortiseError } from '../errors.ts';
import type { Span } from '../events/index.ts';
import type { ChatStream, ChatStreamEvent } from './contract.ts';
import type { ContentBlock } from './message.ts';
import type { ChatReply } from './request.ts';
import { createChatStream } from './stream.ts';

/** A reply that is there already as the stream it might have been, with one delta for each text. */
export function replayedStream(reply: ChatReply, model: string): ChatStream {
  const opened = { attempt: attemptDone(), source: nothing(), head: replayedEvents(reply), warnings: [] };
  return createChatStream({
    model,
    open: () => ({ span: NO_SPAN, opened: Promise.resolve(opened) }),
    abandon: () => undefined,
    describe: () => [],
  });
}

function replayedEvents(reply: ChatReply): ChatStreamEvent[] {
  const { id, model, createdAt, content, warnings = [], finishReason, usage = {}, providerMetadata } = reply;
  const start = { type: 'start' } as Extract<ChatStreamEvent, { type: 'start' }>;
  if (id !== undefined) start.id = id;
  if (model !== undefined) start.model = model;
  if (createdAt !== undefined) start.createdAt = createdAt;
  return [
    start,
    ...warnings.map((warning): ChatStreamEvent => ({ type: 'warning', warning })),
    ...content.flatMap(blockEvents),
    { type: 'finish', finishReason, usage, ...(providerMetadata === undefined ? {} : { providerMetadata }) },
  ];
}

/** The deltas that come to the block, for readers that look at nothing else, and the block. */
function blockEvents(block: ContentBlock, index: number): ChatStreamEvent[] {
  return [...deltasOf(block, index), { type: 'block', index, block }];
}

function deltasOf(block: ContentBlock, index: number): ChatStreamEvent[] {
  switch (block.type) {
    case 'text': {
      const delta: ChatStreamEvent[] =
        block.text === '' ? [] : [{ type: 'text-delta', index, delta: block.text }];
      const citations = block.citations ?? [];
      return [
        ...delta,
        ...citations.map((citation): ChatStreamEvent => ({ type: 'citation', index, citation })),
      ];
    }
    case 'reasoning':
      return block.text === '' ? [] : [{ type: 'reasoning-delta', index, delta: block.text }];
    case 'tool-call': {
      const { id, name, arguments: args, argumentsText = JSON.stringify(args) } = block;
      return [
        { type: 'tool-call-start', index, id, name },
        { type: 'tool-call-delta', index, delta: argumentsText },
      ];
    }
    default:
      return [];
  }
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
