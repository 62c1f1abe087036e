import type {
  JsonObject,
  MediaSource,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '@mortise/core';
import { defined } from '@mortise/core/shared';
import type { SSEShow } from '@mortise/core/sse';
import { OURS, type UIChunk } from './chunks.ts';

export type Opaque = { providerMetadata?: { [provider: string]: JsonObject } };

/** What must go back to the provider, where that is shown. */
export function opaqueOf(block: TextBlock | ReasoningBlock | ToolCallBlock, { metadata }: SSEShow): Opaque {
  if (metadata !== true) return {};
  const { providerMetadata, owner } = block;
  const { id, signature, encrypted } = block.type === 'reasoning' ? block : {};
  const members = defined({ id, signature, encrypted, owner, providerMetadata }) as JsonObject;
  return Object.keys(members).length === 0 ? {} : { providerMetadata: { [OURS]: members } };
}

/** `data`: what the tool returned, where its text is the JSON of an object or a list. */
export function outputChunk(
  { toolCallId, content, isError }: ToolResultBlock,
  outputs: 'text' | 'data' = 'text',
): UIChunk {
  if (isError === true) {
    const errorText = typeof content === 'string' ? content : JSON.stringify(content);
    return { type: 'tool-output-error', toolCallId, errorText };
  }
  const output = outputs === 'data' && typeof content === 'string' ? dataOf(content) : content;
  return { type: 'tool-output-available', toolCallId, output };
}

function dataOf(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Bytes are base64 by now. */
export function fileChunk(source: MediaSource | { text: string }): Extract<UIChunk, { type: 'file' }> {
  if ('text' in source) {
    const url = `data:text/plain;charset=utf-8,${encodeURIComponent(source.text)}`;
    return { type: 'file', url, mediaType: 'text/plain' };
  }
  if ('url' in source) {
    return { type: 'file', url: source.url, mediaType: source.mediaType ?? 'application/octet-stream' };
  }
  const { data, mediaType } = source;
  return { type: 'file', url: `data:${mediaType};base64,${String(data)}`, mediaType };
}

/** Of one provider, or of a later version. */
export function ownChunk(data: { readonly type: string }): UIChunk {
  return { type: `data-${data.type.replace(':', '-')}`, data };
}
