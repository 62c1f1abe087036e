import type { JsonObject } from '../shared/json.ts';

/**
 * A piece of text with where it comes from. Plain data: it survives JSON (see `nodeToJson`) and structured clone.
 * Only `type`, `id`, `text` and `metadata` are required, so that a node can be written by hand.
 */
export interface NodeBase {
  /** Unique among the nodes of an application. Not part of the content: see `nodeHash`. */
  id: string;
  text: string;
  /** JSON only. What filters look at, and what a model sees around the text unless it is excluded below. */
  metadata: JsonObject;
  /** Keys of `metadata` that the embedding model does not see. Default: none. */
  excludedEmbedMetadataKeys?: string[];
  /** Keys of `metadata` that the language model does not see. Default: none. */
  excludedLlmMetadataKeys?: string[];
  /** One entry of metadata. Default: `{key}: {value}`. */
  metadataTemplate?: string;
  /** Stands between entries. Default: a line break. */
  metadataSeparator?: string;
  /** Metadata and text together. Default: `{metadata}`, an empty line, `{text}`. */
  textTemplate?: string;
  relationships?: NodeRelationships;
  /** Where `text` begins in the source document's text, in UTF-16 units. */
  start?: number;
  /** Where it ends there, exclusive. */
  end?: number;
  /** Of `nodeText(node, 'embed')`. */
  embedding?: Float32Array;
}

/** What a reader yields: a whole file, a page, a record. Its own source. */
export interface Document extends NodeBase {
  type: 'document';
  /**
   * What a reader read it from, as the reader names it: the `id` of a `ReadItem`. A file of many documents is one item.
   * Failures are matched by it, so that what could not be read is not taken for gone (I-04). Not part of the content:
   * see `nodeHash`. Absent for a document that was made by hand.
   */
  item?: string;
}

/** A piece of a document: what is embedded, found and shown to a model. */
export interface TextNode extends NodeBase {
  type: 'text';
}

/**
 * Stands for something else: its text is found (a summary, a question), and its target is what is returned. The target
 * is looked up by `indexId` in a retriever's `objects`, so that the node itself stays serialisable.
 */
export interface IndexNode extends NodeBase {
  type: 'index';
  indexId: string;
}

/** A kind of node of a later version or of an integration. Whatever it is, it has an id, a text and metadata. */
export interface OtherNode extends NodeBase {
  type: `${string}:${string}`;
  [member: string]: unknown;
}

/** A `type` with a colon is of a later version, or an integration's own. */
export type Node = Document | TextNode | IndexNode | OtherNode;

/** Another node, by id, with the hash it had when the link was made. */
export interface NodeRef {
  id: string;
  /** `nodeHash` of that node. */
  hash?: string;
}

/** Where a node comes from, and what is beside it. */
export interface NodeRelationships {
  /** The document this node was made from, however many steps ago. */
  source?: NodeRef;
  /** Neighbours among the nodes of one source. */
  previous?: NodeRef;
  next?: NodeRef;
  /** The larger node that this one is a part of, and the smaller ones. */
  parent?: NodeRef;
  children?: NodeRef[];
}

/** A node as a retriever found it. */
export interface NodeWithScore {
  node: Node;
  /** Higher is better, everywhere; finite. Comparable within one result, not between retrievers or queries. */
  score: number;
  /** Absolute measures behind the score, which fusion keeps while it makes scores relative. */
  evidence?: Evidence;
}

/** How well a node answers the query in terms that can be held against a threshold. Absent is not measured. */
export interface Evidence {
  /** Cosine of the query's and the node's vector, -1 to 1. */
  similarity?: number;
  /** The part of the query's terms that the node holds, each weighted by its inverse document frequency, 0 to 1. */
  coverage?: number;
  [measure: string]: number | undefined;
}

/** Everything but `type`; `id` and `metadata` have defaults. */
export type NodeInput = Omit<NodeBase, 'id' | 'metadata'> & {
  /** Default: a random UUID. */
  id?: string | undefined;
  /** Default: `{}`. */
  metadata?: JsonObject | undefined;
};
