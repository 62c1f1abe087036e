import type { ResultBlock } from '@mortise/core/llm';
import { isObject, type JsonValue } from '@mortise/core/shared';
import { toolBlocks } from '@mortise/toolkit';
import { mcpError, type McpToolResult } from './client.ts';
import { clean } from './clean.ts';

/** What a result may have of each. */
export interface ResultBounds {
  /** Characters of all its text, structured content included. */
  readonly maxTextChars: number;
  /** Bytes of all its images, sounds and files. */
  readonly maxMediaBytes: number;
}

/** Counted besides for each block, so that a million empty ones are too much too. */
const BLOCK = 64;
/** Characters of a name or an address of a resource that are shown. */
const MOST_NAME = 500;

/** A piece of a result, and what it weighs. */
type Piece = { readonly block: ResultBlock; readonly chars: number; readonly bytes: number };

/**
 * What a tool gives for a result of the protocol: structured content as plain data, text as a string, and blocks where there
 * are images, sounds or files. Text that repeats the structured content, as the specification asks of servers, is left
 * out. One beyond the bounds is `malformed-response`: half of a result may say the opposite of the whole.
 */
export function toolValue(
  result: McpToolResult,
  bounds: ResultBounds,
): string | JsonValue | { readonly blocks: readonly ResultBlock[] } {
  const { structuredContent } = result;
  const structured = structuredContent === undefined ? undefined : JSON.stringify(structuredContent);
  const pieces = piecesOf(result).filter(
    ({ block }) => structured === undefined || block.type !== 'text' || !isSame(block.text, structured),
  );
  let chars = structured?.length ?? 0;
  let bytes = 0;
  for (const piece of pieces) {
    chars += piece.chars + BLOCK;
    bytes += piece.bytes;
  }
  if (chars > bounds.maxTextChars) throw tooLarge('characters', 'maxTextChars', bounds.maxTextChars);
  if (bytes > bounds.maxMediaBytes)
    throw tooLarge('bytes of images, sounds and files', 'maxMediaBytes', bounds.maxMediaBytes);
  if (pieces.length === 0) return structured === undefined ? '' : (structuredContent as JsonValue);
  const blocks = pieces.map(({ block }) => block);
  const texts = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  if (texts.length < blocks.length || structured !== undefined)
    return toolBlocks([
      ...(structured === undefined ? [] : [{ type: 'text' as const, text: structured }]),
      ...blocks,
    ]);
  return texts.join('\n\n');
}

/** The text of a result alone: what a failure says. */
export function textOf(result: McpToolResult): string {
  return piecesOf(result)
    .flatMap(({ block }) => (block.type === 'text' ? [block.text] : []))
    .join('\n');
}

function piecesOf({ content = [] }: McpToolResult): Piece[] {
  return Array.isArray(content) ? content.map(pieceOf) : [];
}

function pieceOf(item: unknown): Piece {
  if (!isObject(item)) return note('[a block of no known form]');
  const { type, text, data, mimeType, resource } = item;
  if (type === 'text' && typeof text === 'string') return textPiece(text);
  if ((type === 'image' || type === 'audio') && typeof data === 'string')
    return media(data, typeof mimeType === 'string' ? mimeType : '', '');
  if (type === 'resource' && isObject(resource)) return resourcePiece(resource);
  if (type === 'resource_link') return note(`[a link to ${nameOf(item)}]`);
  return note(`[a block of the type ${clean(String(type), MOST_NAME)}, which is not shown]`);
}

function resourcePiece(resource: Record<string, unknown>): Piece {
  const { text, blob, mimeType } = resource;
  if (typeof text === 'string') return textPiece(`${nameOf(resource)}:\n${text}`);
  if (typeof blob === 'string')
    return media(blob, typeof mimeType === 'string' ? mimeType : '', nameOf(resource));
  return note(`[a resource without content: ${nameOf(resource)}]`);
}

function media(data: string, mediaType: string, name: string): Piece {
  // A type that is none would stand in a request as it is.
  const type = /^[a-z]+\/[\w.+-]{1,100}$/i.test(mediaType) ? mediaType.toLowerCase() : '';
  const source = { data, mediaType: type };
  const piece = (block: ResultBlock): Piece => ({ block, chars: 0, bytes: Math.ceil(data.length * 0.75) });
  if (!isBase64(data)) return note(`[${name || 'media'} that is not base64, which is not shown]`);
  if (type.startsWith('image/')) return piece({ type: 'image', source });
  if (type.startsWith('audio/')) return piece({ type: 'audio', source });
  if (type.startsWith('video/')) return piece({ type: 'video', source });
  if (type === 'application/pdf')
    return piece({ type: 'document', source, ...(name === '' ? {} : { title: name }) });
  return note(`[${name || 'data'} of the type ${type || 'unknown'}, which is not shown]`);
}

/** By its length and characters, in one pass and without a pattern that could go back. */
function isBase64(data: string): boolean {
  return data.length > 0 && data.length % 4 === 0 && !/[^A-Za-z0-9+/=]/.test(data) && !/=[^=]/.test(data);
}

function nameOf({ title, name, uri }: Record<string, unknown>): string {
  const words = [title ?? name, uri]
    .filter((each) => typeof each === 'string')
    .map((each) => clean(each, MOST_NAME));
  return words.length === 2 ? `${words[0]} (${words[1]})` : (words[0] ?? 'a resource');
}

const textPiece = (text: string): Piece => ({ block: { type: 'text', text }, chars: text.length, bytes: 0 });

const note = textPiece;

function isSame(text: string, structured: string): boolean {
  // What is much longer is other text; what is equal but for spaces is not.
  if (text === structured) return true;
  if (text.length > structured.length * 4 + 1_000) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === structured;
  } catch {
    return false;
  }
}

function tooLarge(unit: string, option: string, most: number): Error {
  const message = `The tool gave a result of more than ${most} ${unit}, which is the bound (${option}). Ask it for less, or raise ${option}.`;
  return mcpError('malformed-response', message);
}
