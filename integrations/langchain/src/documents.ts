import { MortiseError, nodeFromJson } from '@mortise/core';
import type { Document, Node } from '@mortise/core';
import {
  defined,
  canonicalJson,
  isObject,
  plainJson,
  reading,
  sha256Hex,
  type JsonObject,
} from '@mortise/core/shared';
import type { LangChainDocument } from './contract.ts';

/** Where a document of theirs holds what a node has besides text, metadata and id: as JSON text, which every store keeps. */
export const NODE_KEY = 'mortise:node';
/** Before the id of a document that came without one: the hash of what it holds. */
const NO_ID = 'langchain:';

/**
 * Documents of theirs as nodes: documents, unless `toLangChain` made them of other nodes. One without an id gets one that
 * follows from its content, and a number where its like came before it. Metadata that are not JSON are `invalid-request`.
 */
export function fromDocuments(documents: readonly LangChainDocument[]): Node[] {
  const seen = new Map<string, number>();
  return reading('The list of documents', () =>
    Array.from(documents, (document) => {
      const node = fromDocument(document);
      if (!node.id.startsWith(NO_ID)) return node;
      const times = (seen.get(node.id) ?? 0) + 1;
      seen.set(node.id, times);
      return times === 1 ? node : { ...node, id: `${node.id}#${times}` };
    }),
  );
}

/** One document of theirs. */
export function fromDocument(document: LangChainDocument): Node {
  return reading('The document', () => {
    const { pageContent, metadata: given, id } = document;
    if (typeof pageContent !== 'string' || !isObject(given))
      throw invalid('A document has a `pageContent` that is a string, and `metadata` that are an object.');
    if (id !== undefined && id !== null && typeof id !== 'string')
      throw invalid('The id of a document is a string.');
    const whole = plainJson(given, 'The metadata of the document') as JsonObject;
    const rest = restIn(whole);
    if (rest === undefined)
      return {
        type: 'document',
        id: id ?? idOf(pageContent, whole),
        text: pageContent,
        metadata: whole,
      } satisfies Document;
    const { embedding, shadowed, id: kept, ...more } = rest;
    const { [NODE_KEY]: _rest, ...shown } = whole;
    const metadata = shadowed === undefined ? shown : { ...shown, [NODE_KEY]: shadowed };
    const own = id ?? (typeof kept === 'string' ? kept : idOf(pageContent, shown));
    return nodeFromJson({ ...more, ...defined({ embedding }), id: own, text: pageContent, metadata });
  });
}

/** What `toDocument` put beside the metadata. */
function restIn({ [NODE_KEY]: text }: JsonObject): JsonObject | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const rest: unknown = plainJson(JSON.parse(text), 'The node', { depth: 102 });
    return isObject(rest) && typeof rest['type'] === 'string' ? (rest as JsonObject) : undefined;
  } catch {
    // Somebody else's.
    return undefined;
  }
}

/**
 * A node as a document of theirs. What only nodes have stands in the metadata, under `mortise:node`; with `keepId` its id
 * too, for stores that give documents back without theirs.
 */
export function toDocument(node: Node, keepId = false): LangChainDocument {
  return reading('The node', () => {
    const { id, text, metadata: given, embedding, ...rest } = node;
    if (typeof id !== 'string' || typeof text !== 'string' || !isObject(given))
      throw invalid('A node has an `id` and a `text` that are strings, and `metadata` that are an object.');
    const metadata = plainJson<JsonObject>(given, `The metadata of the node '${id}'`);
    const isBare = node.type === 'document' && Object.keys(rest).length === 1 && embedding === undefined;
    if (isBare && !keepId && restIn(metadata) === undefined)
      return { pageContent: text, metadata, ...shownId(id, text, metadata) };
    const { [NODE_KEY]: shadowed, ...shown } = metadata;
    const more = {
      ...plainJson(rest, `The node '${id}'`, { depth: 101 }),
      ...(embedding === undefined ? {} : { embedding: Array.from(embedding) }),
      ...(shadowed === undefined ? {} : { shadowed }),
      ...(keepId ? { id } : {}),
    };
    const pageMetadata = { ...shown, [NODE_KEY]: JSON.stringify(more) };
    return { pageContent: text, metadata: pageMetadata, ...shownId(id, text, shown) };
  });
}

/** An id that says nothing but the content is not theirs. */
function shownId(id: string, text: string, metadata: JsonObject): { id?: string } {
  return id.startsWith(NO_ID) && id.replace(/#\d{1,9}$/, '') === idOf(text, metadata) ? {} : { id };
}

function idOf(text: string, metadata: JsonObject): string {
  return `${NO_ID}${sha256Hex(canonicalJson([text, metadata])).slice(0, 32)}`;
}

function invalid(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}
