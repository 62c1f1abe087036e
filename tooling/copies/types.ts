/** Every contract of one copy of core is that of the other, both ways: no class, no symbol, no private member in it. */
import type * as One from 'core-one';
import type * as Two from 'core-two';

interface OneContracts {
  llm: One.LLM;
  message: One.ChatMessage;
  block: One.ContentBlock;
  response: One.ChatResponse;
  event: One.ChatStreamEvent;
  stream: One.ChatStream;
  embedding: One.EmbeddingModel;
  reranker: One.Reranker;
  retriever: One.Retriever;
  node: One.Node;
  parser: One.OutputParser<{ a: number }>;
  keyValue: One.KeyValueStore;
  documents: One.DocumentStore;
  vectors: One.VectorStore;
  reader: One.Reader;
  transform: One.Transform;
  limiter: One.RateLimiter;
  attempt: One.Attempt;
  error: One.MortiseError;
  mortiseEvent: One.MortiseEvent;
  queryEngine: One.QueryEngine;
}

interface TwoContracts {
  llm: Two.LLM;
  message: Two.ChatMessage;
  block: Two.ContentBlock;
  response: Two.ChatResponse;
  event: Two.ChatStreamEvent;
  stream: Two.ChatStream;
  embedding: Two.EmbeddingModel;
  reranker: Two.Reranker;
  retriever: Two.Retriever;
  node: Two.Node;
  parser: Two.OutputParser<{ a: number }>;
  keyValue: Two.KeyValueStore;
  documents: Two.DocumentStore;
  vectors: Two.VectorStore;
  reader: Two.Reader;
  transform: Two.Transform;
  limiter: Two.RateLimiter;
  attempt: Two.Attempt;
  error: Two.MortiseError;
  mortiseEvent: Two.MortiseEvent;
  queryEngine: Two.QueryEngine;
}

export const there = (value: OneContracts): TwoContracts => value;
export const back = (value: TwoContracts): OneContracts => value;
