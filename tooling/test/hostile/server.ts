import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type {
  EmbeddingDialect,
  LLMDialect,
  RerankDialect,
  WireReply,
  WireRequest,
} from '@mortise/conformance';

/** How a model is called, and what its server speaks. `subject` names it to the client. */
export type Subject = { readonly subject: string } & (
  | { readonly method: 'chat' | 'stream'; readonly dialect: LLMDialect }
  | { readonly method: 'embed'; readonly dialect: EmbeddingDialect }
  | { readonly method: 'rerank'; readonly dialect: RerankDialect }
);

/** A server that means harm, and how the call must end. */
export interface Attack {
  readonly answer: (subject: Subject, request: WireRequest, reply: WireReply) => void | Promise<void>;
  /** Of the error; with `names`, what its message says. */
  readonly code: string;
  readonly names?: string;
  /** Seconds within which it must end, on a busy machine. Default: 60. */
  readonly seconds?: number;
  /** Of the call. Default: none of its own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The call is one of a run with tools, of one reply. */
  readonly runs?: boolean;
}

const PIECE = Buffer.alloc(65_536, 'x');
export const [EVENTS, JSON_TYPE] = ['text/event-stream', 'application/json'];

export interface Pouring {
  readonly begin?: string | Uint8Array;
  readonly piece?: Buffer;
  readonly type?: string | undefined;
  readonly status?: number;
  readonly gzip?: boolean;
}

/** Writes for ever, as fast as it is read. */
export async function pour(
  reply: WireReply,
  { begin = '', piece = PIECE, type, status = 200, gzip }: Pouring,
): Promise<void> {
  reply.writeHead(status, {
    'content-type': type ?? JSON_TYPE,
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  const out = gzip ? createGzip({ level: 1 }) : undefined;
  out?.pipe(reply);
  const sink = out ?? reply;
  const closed = new Promise<void>((resolve) => reply.once('close', resolve));
  sink.on('error', () => undefined);
  sink.write(begin);
  while (!reply.destroyed) {
    if (!sink.write(piece))
      await Promise.race([new Promise((resolve) => sink.once('drain', resolve)), closed]);
  }
  out?.destroy();
}

/** Writes a little for ever, now and then. */
export async function drip(
  reply: WireReply,
  begin: string | Uint8Array,
  piece: string | Uint8Array,
  type: string = JSON_TYPE,
): Promise<void> {
  reply.writeHead(200, { 'content-type': type });
  reply.write(begin);
  for (; !reply.destroyed; await pause(20)) reply.write(piece);
}

/** Of a call whose server is silent. */
export const SILENT = { timeoutMs: 1_500, deadlineMs: 30_000, retry: false };
