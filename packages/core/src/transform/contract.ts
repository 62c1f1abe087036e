import type { Node, TextNode } from '../nodes/contract.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';

/** A step of ingestion: nodes in, new nodes out. Its input is never changed. */
export interface Transform {
  /**
   * Names the transform and everything that its output depends on: two transforms with the same fingerprint make the same output
   * from the same nodes. The results of a transform without a fingerprint are never reused.
   */
  readonly fingerprint?: string;
  /** Output order follows input order. Rejects with exactly the reason of an aborted `signal`. */
  transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]>;
}

/** How a transformation is cancelled and watched. */
export interface TransformOptions {
  signal?: AbortSignal | undefined;
  /** Called after every input node. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/**
 * Cuts a node into chunks.
 *
 * No chunk is above `maxTokens`, counted on its text for the embedding model (metadata included), so that nothing is
 * cut off later in silence. `start` and `end` are exact in the source document, also where its text repeats; the
 * chunks with their overlaps cover all of the text but white space. Time is linear in the text.
 *
 * A chunk takes its node's metadata, exclusions and templates, and may add metadata of its own (a heading path). Its
 * `source` is the node's source document, `previous` and `next` are its neighbours. Ids depend on the node's id and
 * the chunk's place alone, so that an unchanged document keeps them.
 */
export interface NodeSplitter extends Transform {
  readonly fingerprint: string;
  readonly tokenizer: TokenCounter;
  /** Tokens. */
  readonly maxTokens: number;
  /** The chunks of one node, in order; none for a node without text. */
  split(node: Node): TextNode[];
}
