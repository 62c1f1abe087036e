import { sleep } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import type { ChatStreamEvent, FinishReason } from '../llm/contract.ts';
import type { ContentBlock, ToolCallBlock } from '../llm/message-contract.ts';
import type { Usage } from '../llm/usage-contract.ts';
import { blockEvents } from '../llm/reply-events.ts';

/** A call that the model makes: its `id` is `call-1` for the first block of a reply, `call-2` for the second, unless it is given. */
export type ScriptedToolCall = Omit<ToolCallBlock, 'id' | 'arguments'> &
  Partial<Pick<ToolCallBlock, 'id' | 'arguments'>>;

/**
 * What a reply consists of, in its order: texts, blocks, calls of tools, waits, and what breaks it off. Texts that follow each
 * other are one text, also with waits between. An error is thrown where it stands: in mid-stream what came before it has been read. `cut` is a
 * connection that ends there without a word.
 */
export type ScriptedPart =
  | string
  | ContentBlock
  | ScriptedToolCall
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'cut' }
  | Error;

/** The reply as a stream, as slowly as it says. Texts come in pieces of `pieceLength` UTF-16 units. */
export async function* eventsOfParts(
  parts: readonly ScriptedPart[],
  how: { pieceLength: number; usage: Usage | undefined; signal: AbortSignal },
): AsyncGenerator<ChatStreamEvent> {
  let index = 0;
  let open: string | undefined;
  let called = false;
  const closed = (): ChatStreamEvent[] => {
    if (open === undefined) return [];
    const block: ContentBlock = { type: 'text', text: open };
    open = undefined;
    return [{ type: 'block', index: index++, block }];
  };

  yield { type: 'start' };
  for (const part of parts) {
    if (typeof part === 'string') {
      open = (open ?? '') + part;
      for (let at = 0; at < part.length; at += how.pieceLength)
        yield { type: 'text-delta', index, delta: part.slice(at, at + how.pieceLength) };
    } else if (part instanceof Error) throw part;
    else if (part.type === 'wait') await sleep(part.ms, how.signal);
    else if (part.type === 'cut') return;
    else {
      yield* closed();
      const block: ContentBlock =
        part.type === 'tool-call'
          ? { ...part, id: part.id ?? `call-${index + 1}`, arguments: part.arguments ?? {} }
          : part;
      called ||= block.type === 'tool-call';
      for (const event of blockEvents(block, index)) yield* pieces(event, how.pieceLength);
      index += 1;
    }
  }
  yield* closed();
  const finishReason: FinishReason = called
    ? { unified: 'tool-calls', raw: 'tool_calls' }
    : { unified: 'stop', raw: 'stop' };
  yield { type: 'finish', finishReason, usage: how.usage ?? {} };
}

/** A delta of a text in pieces, and whatever else as it is. */
export function* pieces(event: ChatStreamEvent, length: number): Generator<ChatStreamEvent> {
  if (event.type !== 'text-delta') yield event;
  else
    for (let at = 0; at < event.delta.length; at += length)
      yield { ...event, delta: event.delta.slice(at, at + length) };
}

/** Throws `configuration` for a part that cannot be played. */
export function checkParts(parts: readonly ScriptedPart[]): void {
  for (const [at, part] of parts.entries()) {
    const refuse = (why: string): never => {
      throw new MortiseError('configuration', `Part ${at + 1} of a scripted reply ${why}.`);
    };
    if (typeof part === 'string' || part instanceof Error) continue;
    if (typeof part?.type !== 'string') refuse('is neither a text, an error, nor an object with a type');
    if (part.type === 'wait' && !(part.ms >= 0 && Number.isFinite(part.ms)))
      refuse('waits for no number of ms');
    if (part.type === 'tool-call' && typeof part.name !== 'string') refuse('calls a tool without a name');
  }
}
