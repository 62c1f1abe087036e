import { MortiseError } from '../errors.ts';
import { blocksOf, isKnownBlock, type ChatMessage, type ContentBlock } from './message.ts';

/**
 * A conversation as one prompt for a model that only completes text: each message as `role: text`, then
 * `assistant: `. A tool call stands as its JSON, a tool result as its text. Images, documents and audio are refused
 * with `unsupported`: turning them into text is for the caller to decide.
 */
export function messagesToPrompt(messages: readonly ChatMessage[]): string {
  const lines = messages.map((message) => `${message.role}: ${blocksOf(message).map(blockText).join('')}`);
  return [...lines, 'assistant: '].join('\n');
}

/** The other way round: lines that begin with a role start a message; what stands before the first is the user's. */
export function promptToMessages(prompt: string): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let role: ChatMessage['role'] = 'user';
  let lines: string[] = [];
  const flush = (): void => {
    const content = lines.join('\n');
    if (content.trim() !== '') messages.push({ role, content });
    lines = [];
  };
  for (const line of prompt.split('\n')) {
    const start = /^(system|user|assistant|tool): ?(.*)$/.exec(line);
    if (start === null) {
      lines.push(line);
      continue;
    }
    flush();
    role = start[1] as ChatMessage['role'];
    lines = [start[2] ?? ''];
  }
  flush();
  return messages;
}

function blockText(block: ContentBlock): string {
  if (!isKnownBlock(block)) return '';
  switch (block.type) {
    case 'text':
      return block.text;
    case 'tool-call':
      return JSON.stringify({ tool: block.name, arguments: block.arguments });
    case 'tool-result':
      return typeof block.content === 'string' ? block.content : block.content.map(blockText).join('');
    case 'image':
    case 'document':
    case 'audio': {
      const message = `A ${block.type} block cannot be part of a text prompt. Turn it into text first, or use a model that takes it.`;
      throw new MortiseError('unsupported', message);
    }
    default:
      return '';
  }
}
