/** How a stream becomes server-sent events. */
export interface SSEOptions {
  /** What the reader may see besides the answer. Default: none of it. */
  show?: SSEShow | undefined;
  /**
   * Milliseconds of waiting for the model after which a comment is sent, so that proxies keep the connection; what is not above 0 sends
   * none.
   * Nothing is sent to a client that does not read. Default: 15,000.
   */
  heartbeatMs?: number | undefined;
  /** The request's: its abort leaves the stream and closes the model's connection, also while nobody reads. */
  signal?: AbortSignal | undefined;
}

/**
 * What is sent only when it is asked for; each is `false` by default. Texts, calls of tools and their results, citations,
 * counts of tokens and reasons of the end are always sent; embeddings never.
 */
export interface SSEShow {
  /** The model's thinking. */
  reasoning?: boolean | undefined;
  /**
   * `true`: texts and metadata of the nodes that an answer rests on, and the words that a citation quotes. A list: these keys of
   * the metadata alone, such as `['title', 'url']`. Otherwise a node has its id, an empty text and no metadata.
   */
  sources?: boolean | readonly string[] | undefined;
  /** What tools that failed say. Otherwise `The tool failed.` */
  toolErrors?: boolean | undefined;
  /** What is asked of people in a run of tools, with the token that decides it. Otherwise that it is asked, alone. */
  approvals?: boolean | undefined;
  /** Messages of errors, which may name servers. Otherwise they name the code. Causes are never sent. */
  errors?: boolean | undefined;
  warnings?: boolean | undefined;
  /** The provider's own object of `usage`. */
  rawUsage?: boolean | undefined;
  /** `providerMetadata`, signatures and what else is opaque, names of servers, and the `metadata` of an answer. */
  metadata?: boolean | undefined;
  /** Events and blocks whose type has a colon, as they are. */
  own?: boolean | undefined;
}

/** What every stream has for the web, besides being read where it is. Each of them takes the place of its one reader. */
export interface WebStream<E> {
  /** The events as objects, for code in this process. A `Response` takes bytes: {@link toSSE}. */
  toReadableStream(): ReadableStream<E>;
  /** The events as the bytes of server-sent events, for any server; `fromSSE` reads them. */
  toSSE(options?: SSEOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The same as a response. */
  toResponse(options?: SSEOptions): Response;
}

/** What a reader is told of a failure. */
export interface SSEError {
  /** An `ErrorCode`. */
  code: string;
  message: string;
  retryable: boolean;
}

/** A protocol of server-sent events: what is written for what happens, as whole frames; `''` writes nothing. */
export interface SSEFormat {
  readonly event: (event: unknown) => string;
  /** The stream has ended. */
  readonly end: () => string;
  /** It has failed, or was left by its signal. Nothing follows. */
  readonly error: (thrown: unknown) => string;
}
