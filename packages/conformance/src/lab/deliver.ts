import { gzipSync } from 'node:zlib';
import { pause } from '../frame/turns.ts';
import type { WireReply } from '../wire.ts';

export interface Delivery {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What happens after the last byte. Default: `clean`. */
  readonly end?: 'clean' | 'reset' | 'stall' | undefined;
  /** Milliseconds between two writes. Default: turns of the event loop, so that the client reads each on its own. */
  readonly everyMs?: number | undefined;
  readonly gzip?: boolean | undefined;
}

/** Writes a reply piece by piece, and ends it as asked. */
export async function deliver(
  reply: WireReply,
  pieces: readonly Uint8Array[],
  { status = 200, headers = {}, end = 'clean', everyMs, gzip = false }: Delivery,
): Promise<void> {
  const encoded = gzip ? [gzipSync(Buffer.concat(pieces))] : pieces;
  reply.socket?.setNoDelay(true);
  reply.writeHead(status, gzip ? { ...headers, 'content-encoding': 'gzip' } : headers);
  reply.flushHeaders();
  for (const piece of encoded) {
    // Before the first one too: what arrives with the headers is joined with what comes next.
    if (encoded.length > 1) await turn(everyMs);
    if (reply.destroyed) return;
    reply.write(piece);
  }
  if (end === 'clean') reply.end();
  if (end !== 'reset') return;
  // What was written must be read before the reset, or the client never sees it.
  await pause(50);
  reset(reply);
}

/** Breaks the connection with a TCP reset. */
export function reset(reply: WireReply): void {
  reply.socket?.resetAndDestroy();
}

/** Without `ms` two turns of the event loop: in one of them the client, in the same process, reads what was written. */
function turn(ms: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (ms === undefined) setImmediate(() => setImmediate(resolve));
    else setTimeout(resolve, ms);
  });
}
