/**
 * `node:http` where there is none: the part of it that the wire lab uses, by servers that stand in the process of the
 * relay. `connectRelay` comes first.
 */
import { Buffer } from 'node:buffer';
import type { Command, RelayEvent } from './relay-protocol.ts';

type Listener = (...values: never[]) => void;

/** The part of an emitter that is used. */
class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();

  on(name: string, listener: Listener): this {
    const known = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, known.add(listener));
    return this;
  }

  once(name: string, listener: Listener): this {
    const first: Listener = (...values) => {
      this.#listeners.get(name)?.delete(first);
      listener(...values);
    };
    return this.on(name, first);
  }

  emit(name: string, ...values: unknown[]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...(values as never[]));
  }
}

class RemoteSocket extends Emitter {
  readonly id: number;

  constructor(id: number) {
    super();
    this.id = id;
  }

  destroy(): void {
    send({ do: 'destroy-socket', socket: this.id });
  }
}

class Reply extends Emitter {
  readonly id: number;
  headersSent = false;
  writableFinished = false;
  destroyed = false;
  readonly socket: { setNoDelay(on: boolean): void; resetAndDestroy(): void };

  constructor(id: number) {
    super();
    this.id = id;
    // The relay's sockets never delay.
    this.socket = {
      setNoDelay: () => undefined,
      resetAndDestroy: () => send({ do: 'reset', reply: id }),
    };
  }

  writeHead(status: number, headers: Record<string, string> = {}): this {
    this.headersSent = true;
    send({ do: 'head', reply: this.id, status, headers });
    return this;
  }

  flushHeaders(): void {
    send({ do: 'flush', reply: this.id });
  }

  /** False, always: `drain` comes when the socket, in the other process, takes more. */
  write(data: string | Uint8Array): boolean {
    send({ do: 'write', reply: this.id, data: base64(data) });
    return false;
  }

  end(data: string | Uint8Array = ''): this {
    send({ do: 'end', reply: this.id, data: base64(data) });
    return this;
  }

  destroy(): void {
    this.destroyed = true;
    send({ do: 'destroy', reply: this.id });
  }
}

class RemoteServer extends Emitter {
  readonly id = servers.size;
  readonly handle: (incoming: object, reply: Reply) => void;
  port = 0;

  constructor(handle: (incoming: object, reply: Reply) => void) {
    super();
    this.handle = handle;
    servers.set(this.id, this);
  }

  listen(_port: number, _host: string, listening: () => void): void {
    this.once('listening', listening);
    send({ do: 'listen', server: this.id });
  }

  address(): { port: number } {
    return { port: this.port };
  }

  close(closed: () => void): void {
    send({ do: 'close', server: this.id });
    closed();
  }
}

const servers = new Map<number, RemoteServer>();
const sockets = new Map<number, RemoteSocket>();
const replies = new Map<number, Reply>();
let relay = '';
let waiting: Command[] = [];
let sending: Promise<unknown> | undefined;
/** Taken before a case can replace it. */
const post = globalThis.fetch.bind(globalThis);

export function createServer(handle: (incoming: object, reply: Reply) => void): RemoteServer {
  return new RemoteServer(handle);
}

/** Never called: only recording a real provider asks through it. */
export function request(): never {
  throw new Error('There is no node:http here to send requests with.');
}

/** Sends a command after those before it. */
export function send(command: Command): void {
  waiting.push(command);
  sending ??= flush().finally(() => (sending = undefined));
}

async function flush(): Promise<void> {
  // What is asked for in the same turn goes together.
  await Promise.resolve();
  while (waiting.length > 0) {
    const commands = waiting;
    waiting = [];
    const response = await post(`${relay}/commands`, { method: 'POST', body: JSON.stringify(commands) });
    await response.arrayBuffer();
  }
}

/** Opens the events of the relay at `url`; they are heard until the program ends. */
export async function connectRelay(url: string): Promise<void> {
  relay = url;
  const { body } = await post(`${url}/events`);
  if (body === null) throw new Error('The relay has no events.');
  void hear(body);
}

async function hear(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (let rest = ''; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) receive(JSON.parse(line) as RelayEvent);
  }
}

function receive(event: RelayEvent): void {
  switch (event.type) {
    case 'listening': {
      const server = servers.get(event.server);
      if (server !== undefined) server.port = event.port;
      return server?.emit('listening');
    }
    case 'connection': {
      const socket = new RemoteSocket(event.socket);
      sockets.set(event.socket, socket);
      return servers.get(event.server)?.emit('connection', socket);
    }
    case 'socket-closed':
      sockets.get(event.socket)?.emit('close');
      return void sockets.delete(event.socket);
    case 'request': {
      const { method, url, headers } = event;
      const reply = new Reply(event.reply);
      replies.set(event.reply, reply);
      const body = Buffer.from(event.body, 'base64');
      const chunks = async function* (): AsyncGenerator<Buffer> {
        if (body.length > 0) yield body;
      };
      const incoming = { method, url, headers, [Symbol.asyncIterator]: chunks };
      return servers.get(event.server)?.handle(incoming, reply);
    }
    case 'drain':
      return replies.get(event.reply)?.emit('drain');
    case 'closed': {
      const reply = replies.get(event.reply);
      if (reply === undefined) return;
      replies.delete(event.reply);
      reply.writableFinished = event.finished;
      reply.destroyed = true;
      return reply.emit('close');
    }
  }
}

function base64(data: string | Uint8Array): string {
  return Buffer.from(data as Uint8Array).toString('base64');
}
