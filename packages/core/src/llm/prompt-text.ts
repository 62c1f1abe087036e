import { MortiseError } from '../errors.ts';
import { reading } from '../shared/options.ts';
import type { Warning } from '../call/contract.ts';
import type {
  AudioBlock,
  ChatMessage,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  VideoBlock,
} from './message-contract.ts';
import { blocksOf, isKnownBlock } from './message.ts';

/** What has no text of its own. */
export type MediaBlock = ImageBlock | DocumentBlock | AudioBlock | VideoBlock;

export interface PromptTextOptions {
  /** What stands for an image, a document or audio in the prompt; undefined refuses it. Default: all are refused. */
  describe?: ((block: MediaBlock) => string | undefined) | undefined;
  /** Told of every block that was described: the model no longer sees what the user gave. */
  warn?: ((warning: Warning) => void) | undefined;
}

/**
 * A conversation as one prompt for a model that only completes text: each message as `role: text`, then
 * `assistant: `. A tool call stands as its JSON, a tool result as its text. Images, documents and audio are refused
 * with `unsupported`, unless `describe` turns them into text; each one that it does is a warning.
 */
export function messagesToPrompt(messages: readonly ChatMessage[], options: PromptTextOptions = {}): string {
  return reading('The messages', () => {
    const lines = messages.map((message) => {
      const texts = blocksOf(message).map((block) => blockText(block, options));
      return `${message.role}: ${texts.join('')}`;
    });
    return [...lines, 'assistant: '].join('\n');
  });
}

function blockText(block: ContentBlock, options: PromptTextOptions): string {
  if (!isKnownBlock(block)) return '';
  switch (block.type) {
    case 'text':
      return block.text;
    case 'tool-call':
      return JSON.stringify({ tool: block.name, arguments: block.arguments });
    case 'tool-result': {
      const { content } = block;
      return typeof content === 'string' ? content : content.map((part) => blockText(part, options)).join('');
    }
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return describe(block, options);
    default:
      return '';
  }
}

function describe(block: MediaBlock, options: PromptTextOptions): string {
  const { type } = block;
  const text = options.describe?.(block);
  if (text === undefined) {
    const message = `A ${type} block cannot be part of a text prompt. Turn it into text with \`describe\`, or use a model that takes it.`;
    throw new MortiseError('unsupported', message);
  }
  options.warn?.({
    type: 'other',
    setting: type,
    message: `The model was given a description in place of the ${type}.`,
  });
  return text;
}
