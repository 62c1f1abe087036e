import type { ChatOptions } from './contract.ts';
import { blocksOf, toMessages, type ChatInput } from './message.ts';

/**
 * Tokens of a request, roughly: 4 characters a token (OpenAI's rule of thumb for English), 4 a message for its frame,
 * and 1,600 an image, the most that Anthropic counts for one.
 */
export function estimateInputTokens(input: ChatInput, options: Pick<ChatOptions, 'tools'> = {}): number {
  let characters = options.tools === undefined ? 0 : JSON.stringify(options.tools).length;
  let tokens = 0;
  for (const message of toMessages(input)) {
    tokens += 4;
    for (const block of blocksOf(message)) {
      if (block.type === 'image') tokens += 1600;
      else characters += block.type === 'text' ? block.text.length : JSON.stringify(block).length;
    }
  }
  return tokens + Math.ceil(characters / 4);
}
