import {
  blocksOf,
  estimateInputTokens,
  messageText,
  MortiseError,
  type ChatMessage,
  type LLM,
} from '@mortise/core';
import type { TokenCounter } from '@mortise/core/tokenizer';

/** Tokens kept for the answer when the model does not say how long one may be. */
const DEFAULT_ANSWER_TOKENS = 1024;
/** The frame of one message, a role and its ends, as core counts it. */
const MESSAGE_TOKENS = 4;
/** The fewest tokens for sources: a shorter piece of a text says nothing. */
const LEAST_ROOM = 64;

/** What bounds the sources of one call to a model. */
export interface RoomOptions {
  readonly tokenizer: TokenCounter;
  /** Tokens that the sources may take at most, whatever the model has room for. */
  readonly maxSourceTokens?: number | undefined;
  /** What the caller lets the model write. */
  readonly maxOutputTokens?: number | undefined;
}

/**
 * Tokens that the model's context window leaves for sources beside `frame`, the prompt without them, and the answer.
 * Infinite when the window is unknown; `context-length` when there is none to speak of.
 */
export function roomForSources(
  { metadata }: Pick<LLM, 'metadata'>,
  frame: readonly ChatMessage[],
  options: RoomOptions,
): number {
  const { maxSourceTokens = Infinity } = options;
  const { contextWindow } = metadata;
  if (contextWindow === undefined) return maxSourceTokens;
  const answer = answerTokens(metadata, options.maxOutputTokens);
  const room = Math.floor(contextWindow - answer - messagesTokens(frame, options.tokenizer));
  if (room >= LEAST_ROOM) return Math.min(room, maxSourceTokens);
  const message = `Of the ${contextWindow} tokens of the model's context window, the prompt and ${answer} for the answer leave no room for a source. Use a model with a larger one, a shorter prompt, or a smaller maxOutputTokens.`;
  throw new MortiseError('context-length', message);
}

/** Tokens that are kept for an answer. Undefined when the window is unknown. */
export function answerTokens(
  { contextWindow = Infinity, maxOutputTokens }: LLM['metadata'],
  asked?: number,
): number {
  return asked ?? Math.floor(Math.min(maxOutputTokens ?? DEFAULT_ANSWER_TOKENS, contextWindow / 2));
}

/** Of text as the tokenizer counts it, of anything else as core estimates it. */
export function messagesTokens(messages: readonly ChatMessage[], tokenizer: TokenCounter): number {
  let tokens = 0;
  for (const { role, content } of messages) {
    const blocks = blocksOf({ content });
    const others = blocks.filter(({ type }) => type !== 'text');
    tokens += tokenizer.count(messageText({ content }));
    tokens += others.length === 0 ? MESSAGE_TOKENS : estimateInputTokens([{ role, content: others }]);
  }
  return tokens;
}

/**
 * Where a text must be cut so that what comes before is at most `maxTokens`: after white space where there is any in
 * the last fifth, never within a character. At least one character, so that who goes on cutting comes to an end.
 */
export function cutAt(text: string, maxTokens: number, tokenizer: TokenCounter): number {
  // No vocabulary has tokens that are longer on average; beyond it nothing needs to be counted.
  let high = Math.min(text.length, Math.max(1, Math.floor(maxTokens)) * 32);
  if (high === text.length && tokenizer.count(text) <= maxTokens) return text.length;
  let low = 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (tokenizer.count(text.slice(0, middle)) <= maxTokens) low = middle;
    else high = middle;
  }
  const space = text.slice(0, low).search(/\s\S*$/u);
  const at = space >= low * 0.8 ? space + 1 : low;
  return wholeCharacters(text, at);
}

function wholeCharacters(text: string, at: number): number {
  const isInside = at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1));
  const cut = isInside ? at - 1 : at;
  return cut > 0 ? cut : (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
