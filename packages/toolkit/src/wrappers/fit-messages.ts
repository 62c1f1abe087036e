import { MortiseError } from '@mortise/core';
import { checkOptions, finiteNumber, reading } from '@mortise/core/shared';
import type { TokenCounter } from '@mortise/core/tokenizer';
import { MEDIA_TOKENS, blocksOf, type ChatMessage, type ContentBlock } from '@mortise/core/llm';

/** How much room there is, and how it is counted. */
export interface FitMessagesOptions {
  /** What the messages may come to. Leave room for the reply: `contextWindow - maxOutputTokens`. */
  maxTokens: number;
  tokenizer: TokenCounter;
  /** Tokens of one message, should the model's frame differ. Default: its blocks' tokens and 4 for its frame. */
  countMessage?: ((message: ChatMessage) => number) | undefined;
}

/**
 * The newest part of a conversation that fits. System messages and the last user message stay; the oldest turns go
 * first, then the oldest steps of the last turn. A tool call is never parted from its results, and what is left
 * begins with a user message, as providers ask for. When what must stay does not fit (the newest step included),
 * `context-length` is thrown. Messages are the same objects, in the same order.
 */
export function fitMessages(messages: readonly ChatMessage[], options: FitMessagesOptions): ChatMessage[] {
  return reading('The messages', () => fitted(messages, checkOptions(options, 'configuration')));
}

function fitted(messages: readonly ChatMessage[], options: FitMessagesOptions): ChatMessage[] {
  const { maxTokens, tokenizer, countMessage = (message) => countTokens(message, tokenizer) } = options;
  // A model whose context window is unknown has none to fit.
  finiteNumber('maxTokens', maxTokens, { least: 0, orInfinity: true, code: 'invalid-request' });
  // By place: a conversation may hold the same object twice.
  const placed = messages.map((message): Placed => ({ message, tokens: countMessage(message) }));
  const system = placed.filter(({ message }) => message.role === 'system');
  const turns = groupTurns(placed.filter(({ message }) => message.role !== 'system'));
  const last = turns.pop() ?? [];
  const needed = [...system, ...last.slice(0, 1)];
  const steps = groupSteps(last.slice(1));

  const room = maxTokens - sizeOf(needed);
  if (room < 0) throw tooLong(maxTokens, sizeOf(needed));
  const keptSteps = newest(steps, room);
  const newestStep = steps.at(-1);
  if (newestStep !== undefined && keptSteps.length === 0)
    throw tooLong(maxTokens, sizeOf([...needed, ...newestStep]));
  // Older turns only when the last one is whole: a gap between them would be a lie about what happened.
  const remaining = room - sizeOf(keptSteps.flat());
  const keptTurns = keptSteps.length === steps.length ? newest(turns, remaining) : [];
  const kept = new Set([...needed, ...keptTurns.flat(), ...keptSteps.flat()]);
  return placed.filter((each) => kept.has(each)).map(({ message }) => message);
}

/** A message at its place, with what it comes to. */
interface Placed {
  readonly message: ChatMessage;
  readonly tokens: number;
}

function sizeOf(part: readonly Placed[]): number {
  return part.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** The longest end of `groups` that fits into `room`. */
function newest(groups: readonly Placed[][], room: number): Placed[][] {
  let remaining = room;
  let from = groups.length;
  while (from > 0) {
    remaining -= sizeOf(groups[from - 1] ?? []);
    if (remaining < 0) break;
    from--;
  }
  return groups.slice(from);
}

/** A step is an assistant's message with the tool results that answer it. */
function groupSteps(messages: readonly Placed[]): Placed[][] {
  const steps: Placed[][] = [];
  for (const placed of messages) {
    if (placed.message.role === 'assistant' || steps.length === 0) steps.push([placed]);
    else steps.at(-1)?.push(placed);
  }
  return steps;
}

/** A turn is a user message with all that follows until the next one; a user message of tool results belongs to what it answers. */
function groupTurns(messages: readonly Placed[]): Placed[][] {
  const turns: Placed[][] = [];
  for (const placed of messages) {
    const { message } = placed;
    const opens = message.role === 'user' && !blocksOf(message).some(({ type }) => type === 'tool-result');
    if (opens || turns.length === 0) turns.push([placed]);
    else turns.at(-1)?.push(placed);
  }
  return turns;
}

function countTokens(message: ChatMessage, tokenizer: TokenCounter): number {
  return blocksOf(message).reduce((sum, block) => sum + countBlock(block, tokenizer), 4);
}

function countBlock(block: ContentBlock, tokenizer: TokenCounter): number {
  switch (block.type) {
    case 'text':
    case 'reasoning':
      return tokenizer.count(block.text);
    case 'image':
    case 'audio':
    case 'video':
      return MEDIA_TOKENS;
    case 'document':
      return 'text' in block.source ? tokenizer.count(block.source.text) : MEDIA_TOKENS;
    case 'tool-result':
      return typeof block.content === 'string'
        ? tokenizer.count(block.content)
        : block.content.reduce((sum, part) => sum + countBlock(part, tokenizer), 0);
    case 'tool-call':
      return tokenizer.count(block.name + (block.argumentsText ?? JSON.stringify(block.arguments)));
    case 'cache-point':
    case 'citation':
      return 0;
    default:
      return tokenizer.count(JSON.stringify(block));
  }
}

function tooLong(maxTokens: number, needed: number): MortiseError {
  const message = `The last turn and the system messages come to ${needed} tokens, above the ${maxTokens} that fit. Shorten them, or raise maxTokens.`;
  return new MortiseError('context-length', message);
}
