import { reading } from '../shared/options.ts';
import type { ChatOptions } from './contract.ts';
import type { ChatInput, ContentBlock } from './message-contract.ts';
import { blocksOf, isKnownBlock, toMessages } from './message.ts';

/**
 * Tokens of a request, roughly: 4 characters a token (OpenAI's rule of thumb for English), 4 a message for its frame,
 * and 1,600 an image, a file or audio, however large: how many pages a file has is not known here.
 */
export function estimateInputTokens(input: ChatInput, options: Pick<ChatOptions, 'tools'> = {}): number {
  return reading('The messages', () => estimated(input, options));
}

function estimated(input: ChatInput, options: Pick<ChatOptions, 'tools'>): number {
  let characters = 0;
  let tokens = 0;
  // A tool as the model sees it: its validator is not sent, and may not have a form in JSON.
  for (const { name, description, parameters } of options.tools ?? [])
    characters += JSON.stringify({ name, description, parameters }).length;
  const add = (block: ContentBlock): void => {
    if (isMedia(block)) tokens += MEDIA_TOKENS;
    else if (block.type === 'text') characters += block.text.length;
    else if (block.type === 'tool-result' && typeof block.content !== 'string') block.content.forEach(add);
    else characters += JSON.stringify(block).length;
  };
  for (const message of toMessages(input)) {
    tokens += 4;
    blocksOf(message).forEach(add);
  }
  return tokens + Math.ceil(characters / 4);
}

/** Media have no text to count: this is the most that Anthropic counts for an image. */
export const MEDIA_TOKENS = 1600;

/** An image, audio, or a document that is not given as text. */
function isMedia(block: ContentBlock): boolean {
  if (!isKnownBlock(block)) return false;
  if (block.type === 'document') return !('text' in block.source);
  return block.type === 'image' || block.type === 'audio' || block.type === 'video';
}
