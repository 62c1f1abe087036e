import { reading } from '../shared/options.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';
import type { Node } from './contract.ts';

/** `all`: every entry of metadata; `embed`, `llm`: without the keys excluded for them; `none`: the bare text. */
export type NodeTextMode = 'all' | 'embed' | 'llm' | 'none';

export const DEFAULT_METADATA_TEMPLATE = '{key}: {value}';
export const DEFAULT_METADATA_SEPARATOR = '\n';
export const DEFAULT_TEXT_TEMPLATE = '{metadata}\n\n{text}';

/**
 * What a model is given of a node: its metadata and text, put together by its templates and trimmed. With mode `none`,
 * or when no metadata is left to show, the bare text, exactly.
 */
export function nodeText(node: Node, mode: NodeTextMode): string {
  return reading('The node', () => {
    const metadata = mode === 'none' ? '' : nodeMetadataText(node, mode);
    if (metadata === '') return node.text;
    return fill(node.textTemplate ?? DEFAULT_TEXT_TEMPLATE, { metadata, text: node.text }).trim();
  });
}

/** The metadata part of `nodeText`, empty when nothing is to be shown. Values that are not strings are JSON. */
export function nodeMetadataText(node: Node, mode: Exclude<NodeTextMode, 'none'>): string {
  const template = node.metadataTemplate ?? DEFAULT_METADATA_TEMPLATE;
  return Object.entries(shownMetadata(node, mode))
    .map(([key, value]) => fill(template, { key, value: show(value) }))
    .join(node.metadataSeparator ?? DEFAULT_METADATA_SEPARATOR);
}

function shownMetadata(node: Node, mode: 'all' | 'embed' | 'llm'): JsonObject {
  const excluded =
    mode === 'embed'
      ? node.excludedEmbedMetadataKeys
      : mode === 'llm'
        ? node.excludedLlmMetadataKeys
        : undefined;
  if (excluded === undefined || excluded.length === 0) return node.metadata;
  return Object.fromEntries(Object.entries(node.metadata).filter(([key]) => !excluded.includes(key)));
}

function show(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One pass, so that a `{text}` inside a value stays what it is. */
function fill(template: string, values: { readonly [name: string]: string }): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : whole,
  );
}
