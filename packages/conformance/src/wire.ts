import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What an integration sent. */
export interface WireRequest {
  readonly method: string;
  /** With the query string, without host: `/v1/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body, or undefined when there was none. */
  readonly body: unknown;
  /** The body as sent. */
  readonly text: string;
  /** Resolves when the reply is over: `true` when the client closed before the reply had ended. */
  readonly closedEarly: Promise<boolean>;
}

/** Node's own reply: full control over bytes, headers and the socket. */
export type WireReply = ServerResponse;

/** Answers one request, the `n`-th from 0. */
export type WireHandler = (request: WireRequest, reply: WireReply, n: number) => void | Promise<void>;

/** A running server, closed by `close()` or at the end of its `await using` scope. */
export interface Wire extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** In the order of arrival. */
  readonly requests: readonly WireRequest[];
  /** Connections made so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  /** The most requests that were in flight at once. */
  readonly peak: number;
  close(): Promise<void>;
}

/** A loopback HTTP server that records what it was sent. A handler that throws answers 500. */
export async function startWire(handler: WireHandler): Promise<Wire> {
  const requests: WireRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let active = 0;
  let peak = 0;

  const server = createServer((incoming, reply) => {
    peak = Math.max(peak, ++active);
    reply.once('close', () => active--);
    void answer(incoming, reply);
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  async function answer(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming, reply);
      const n = requests.push(request) - 1;
      await handler(request, reply, n);
    } catch (error) {
      if (!reply.headersSent) json(reply, { error: { message: String(error) } }, { status: 500 });
      else reply.destroy();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    get peak() {
      return peak;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readRequest(incoming: IncomingMessage, reply: ServerResponse): Promise<WireRequest> {
  const closedEarly = new Promise<boolean>((resolve) =>
    reply.once('close', () => resolve(!reply.writableFinished)),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  const body: unknown = text === '' ? undefined : parse(text);
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers, body, text, closedEarly };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One JSON body: an object is serialised, a string goes out as it is. */
export function json(
  reply: WireReply,
  body: unknown,
  options: { status?: number; headers?: Record<string, string> } = {},
): void {
  reply.writeHead(options.status ?? 200, { 'content-type': 'application/json', ...options.headers });
  reply.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/**
 * A whole event stream. An item is the `data` of one event, or a frame with its `event` name. `chunk` cuts the bytes
 * into writes of that length, each on its own turn; default: one write.
 */
export async function eventStream(
  reply: WireReply,
  events: readonly (string | { event: string; data: string })[],
  options: { chunk?: number; headers?: Record<string, string> } = {},
): Promise<void> {
  const frames = events.map((item) => {
    return typeof item === 'string' ? `data: ${item}\n\n` : `event: ${item.event}\ndata: ${item.data}\n\n`;
  });
  const bytes = Buffer.from(frames.join(''), 'utf8');
  const length = options.chunk ?? Math.max(1, bytes.length);
  reply.writeHead(200, { 'content-type': 'text/event-stream', ...options.headers });
  reply.socket?.setNoDelay(true);
  for (let at = 0; at < bytes.length; at += length) {
    reply.write(bytes.subarray(at, at + length));
    if (options.chunk !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  reply.end();
}
