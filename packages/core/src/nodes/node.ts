import { reading } from '../shared/options.ts';
import type { Document, IndexNode, Node, NodeBase, NodeInput, TextNode } from './contract.ts';

/** A document: its own source. Without an `id` it gets a random one. */
export function createDocument(given: NodeInput & { item?: string | undefined }): Document {
  const { item, ...input } = withDefaults(given);
  return { type: 'document', ...input, ...(item === undefined ? {} : { item }) };
}

/** A piece of a document. Without an `id` it gets a random one. */
export function createTextNode(input: NodeInput): TextNode {
  return { type: 'text', ...withDefaults(input) };
}

/** A node that stands for something else, found by its `indexId`. */
export function createIndexNode(input: NodeInput & { indexId: string }): IndexNode {
  return { type: 'index', ...withDefaults(input) };
}

function withDefaults<I extends NodeInput>(input: I): NodeBase & I {
  return reading('The node', () => {
    const { id, text, metadata, ...rest } = input;
    return { id: id ?? crypto.randomUUID(), text, metadata: metadata ?? {}, ...rest } as unknown as NodeBase &
      I;
  });
}

/** The id of the document a node comes from; a document is its own source. Undefined when it is not known. */
export function sourceId(node: Node): string | undefined {
  return node.relationships?.source?.id ?? (node.type === 'document' ? node.id : undefined);
}
