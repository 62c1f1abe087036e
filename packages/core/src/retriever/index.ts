export { BaseRetriever, toQuery } from './base.ts';
export type {
  BaseRetrieverOptions,
  Query,
  QueryInput,
  RetrievalObject,
  RetrieveCall,
  RetrieveOptions,
  Retriever,
} from './contract.ts';
export { nodeHash, nodeHashSteps } from '../nodes/node-hash.ts';
export { checkNode, copyNode, nodeFromJson, nodeToJson } from '../nodes/node-json.ts';
export { nodeMetadataText, nodeText, type NodeTextMode } from '../nodes/node-text.ts';
export type {
  Document,
  Evidence,
  IndexNode,
  Node,
  NodeInput,
  NodeWithScore,
  TextNode,
} from '../nodes/contract.ts';
export { createDocument, createIndexNode, createTextNode, sourceId } from '../nodes/node.ts';
export { checkResults, contentKey, dedupeNodes, mergeEvidence } from './results.ts';
