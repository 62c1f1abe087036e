export type {
  Citation,
  PartialQueryResponse,
  QueryResponse,
  ResponseStream,
  ResponseStreamEvent,
  ResponseSynthesizer,
} from './contract.ts';
