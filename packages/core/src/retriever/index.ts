export { BaseRetriever, toQuery } from './base.ts';
export type {
  BaseRetrieverOptions,
  Hop,
  Query,
  QueryInput,
  RetrievalObject,
  RetrieveCall,
  RetrieveOptions,
  Retriever,
} from './contract.ts';
export { nodeHash, nodeHashSteps } from './node-hash.ts';
export { checkNode, copyNode, nodeFromJson, nodeToJson } from './node-json.ts';
export { nodeMetadataText, nodeText, type NodeTextMode } from './node-text.ts';
export {
  createDocument,
  createIndexNode,
  createTextNode,
  sourceId,
  type Document,
  type Evidence,
  type IndexNode,
  type Node,
  type NodeBase,
  type NodeInput,
  type NodeRef,
  type NodeRelationships,
  type NodeWithScore,
  type OtherNode,
  type TextNode,
} from './node.ts';
export { checkResults, contentKey, dedupeNodes, mergeEvidence } from './results.ts';
