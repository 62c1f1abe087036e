import { sha256Hex, sha256Sum } from '../shared/hash.ts';
import { reading } from '../shared/options.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { DEFAULT_METADATA_SEPARATOR, DEFAULT_METADATA_TEMPLATE, DEFAULT_TEXT_TEMPLATE } from './node-text.ts';
import type { Node } from './contract.ts';

/**
 * The identity of a node's content: SHA-256, in lower-case hex, over the UTF-8 of the canonical JSON (RFC 8785) of an
 * object with the node's content. Nodes of equal content have equal hashes, in every runtime and language.
 *
 * Content is every member except what tells which node it is and where it stands (`id`, `type`, `relationships`,
 * `start`, `end`, a document's `item`) and what is computed from it (`embedding`). `text` and `metadata` are always there. Members that say
 * the default are left out: empty lists of excluded keys, the default templates. Excluded keys are sorted and unique.
 * An `IndexNode`'s `indexId` is content, and so is every member of a kind that core does not know.
 *
 * Test vectors:
 *
 * | canonical JSON | SHA-256 |
 * |---|---|
 * | `{"metadata":{},"text":""}` | `09f4e6cf13f6422deb01e6a83eed1d85e7583cba537c8a4ea2e441832a019b13` |
 * | `{"metadata":{"a":1,"b":[true,null]},"text":"Grüße"}` | `eb48bbd5f5c344d1314f6f6b4b74de8182241a483e62296ce6a19e7785f2293d` |
 * | `{"excludedLlmMetadataKeys":["path"],"indexId":"i","metadata":{"path":"a.md"},"text":"x"}` | `09df839ec8e751adb19d96334a713e297fa9889c80f56caa9c35d4f56e0dbca0` |
 */
export function nodeHash(node: Node): string {
  return reading('The node', () => sha256Hex(canonicalJson(contentOf(node))));
}

/** Characters of a text that are hashed in one step. */
const STEP = 262_144;

/** `nodeHash` in steps of about a millisecond, for texts of many megabytes. Drain it with `runInSlices`. */
export function* nodeHashSteps(node: Node): Generator<void, string> {
  if (node.text.length <= STEP) return nodeHash(node);
  const { text: _text, ...others } = contentOf(node);
  const sum = sha256Sum();
  // Members stand in the order of their names.
  const before = membersOf(others, (name) => name < 'text');
  const after = membersOf(others, (name) => name > 'text');
  sum.update(`{${before}${before === '' ? '' : ','}"text":"`);
  for (let start = 0; start < node.text.length;) {
    const end = start + STEP;
    // A pair of surrogates is escaped when it is cut.
    const isPair = isHighSurrogate(node.text.charCodeAt(end - 1)) && end < node.text.length;
    const part = node.text.slice(start, isPair ? end - 1 : end);
    sum.update(JSON.stringify(part).slice(1, -1));
    start += part.length;
    yield;
  }
  sum.update(`"${after === '' ? '' : ','}${after}}`);
  return sum.digest();
}

function membersOf(content: Record<string, unknown>, isWanted: (name: string) => boolean): string {
  const wanted = Object.entries(content).filter(([name]) => isWanted(name));
  return canonicalJson(Object.fromEntries(wanted)).slice(1, -1);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function contentOf(node: Node): Record<string, unknown> {
  const {
    id: _id,
    type,
    relationships: _relationships,
    start: _start,
    end: _end,
    embedding: _embedding,
    item,
    ...content
  } = node as Node & { [member: string]: unknown };
  return {
    ...content,
    item: type === 'document' ? undefined : item,
    excludedEmbedMetadataKeys: keySet(node.excludedEmbedMetadataKeys),
    excludedLlmMetadataKeys: keySet(node.excludedLlmMetadataKeys),
    metadataTemplate: unless(DEFAULT_METADATA_TEMPLATE, node.metadataTemplate),
    metadataSeparator: unless(DEFAULT_METADATA_SEPARATOR, node.metadataSeparator),
    textTemplate: unless(DEFAULT_TEXT_TEMPLATE, node.textTemplate),
  };
}

function keySet(keys: readonly string[] | undefined): string[] | undefined {
  return keys === undefined || keys.length === 0 ? undefined : [...new Set(keys)].sort();
}

function unless(standard: string, value: string | undefined): string | undefined {
  return value === standard ? undefined : value;
}
