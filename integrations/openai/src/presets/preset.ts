import type { OpenAIApi } from '../api.ts';
import type { ServerEmbeddings } from '../embedding.ts';
import type { ServerWire } from '../server-wire.ts';

/**
 * A server that speaks OpenAI's wire, as options: `new OpenAILLM({ ...preset, model })`, and
 * `new OpenAIEmbedding({ ...preset, model })` where `E` is not false. Data, but for the API that reads it.
 */
export interface ServerPreset<E extends ServerEmbeddings | false = ServerEmbeddings | false> {
  /** The server's name; replies say it as `server`, and what is opaque in them goes back to it alone. */
  readonly name: string;
  readonly baseURL: string;
  /** The environment variable of its key; null where it needs none. */
  readonly apiKeyVariable: string | null;
  readonly api: (wire: ServerWire) => OpenAIApi;
  readonly wire: ServerWire;
  /** What its embeddings take; false where it has none. */
  readonly embeddings: E;
}
