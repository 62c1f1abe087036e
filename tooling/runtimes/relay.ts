import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Outcome } from './program.ts';
import type { Command, RelayEvent } from './relay-protocol.ts';

/** A relay, closed by `close()`. */
export interface Relay {
  /** `http://127.0.0.1:PORT`, where the program of a runtime finds the page, its servers, and where its outcome goes. */
  readonly url: string;
  /** What the program posted when it was done. */
  readonly outcome: Promise<Outcome>;
  /** The test that ended last, for the message of one that hangs. */
  readonly last: string;
  close(): void;
}

/**
 * HTTP servers for a runtime that has none. The cases run there, beside what they test; what they ask of a server's reply
 * (these bytes, this reset) arrives here as commands, and what the server sees goes back as events. The requests of what
 * is tested come over real sockets. `files` are served as they are, for a page.
 */
export async function startRelay(files: Readonly<Record<string, string>>): Promise<Relay> {
  const servers = new Map<number, Server>();
  const sockets = new Map<number, Socket>();
  const replies = new Map<number, ServerResponse>();
  let ids = 0;
  let events: ServerResponse | undefined;
  let last = 'none';
  let settle: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => (settle = resolve));
  const tell = (event: RelayEvent): void => void events?.write(`${JSON.stringify(event)}\n`);

  const control = createServer((incoming, reply) => void answer(incoming, reply));
  async function answer(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    if (path === '/events') {
      events = reply;
      reply.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
      return;
    }
    const body = await read(incoming);
    if (path === '/commands') {
      for (const command of JSON.parse(body.toString()) as Command[]) await obey(command);
    } else if (path === '/outcome') settle(JSON.parse(body.toString()) as Outcome);
    const file = files[path];
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    reply.writeHead(path.includes('.') && file === undefined ? 404 : 200, { 'content-type': type }).end(file);
  }

  async function obey(command: Command): Promise<void> {
    if ('reply' in command) return await write(command);
    if (command.do === 'progress') last = command.title;
    else if (command.do === 'listen') await listen(command.server);
    else if (command.do === 'close') servers.get(command.server)?.close();
    else if (command.do === 'destroy-socket') sockets.get(command.socket)?.destroy();
  }

  async function write(command: Extract<Command, { readonly reply: number }>): Promise<void> {
    const reply = replies.get(command.reply);
    if (reply === undefined || reply.destroyed) return;
    switch (command.do) {
      case 'head':
        reply.socket?.setNoDelay(true);
        reply.writeHead(command.status, command.headers);
        return;
      case 'flush':
        return reply.flushHeaders();
      case 'write':
        return await piece(reply, command);
      case 'end':
        return void reply.end(Buffer.from(command.data, 'base64'));
      case 'destroy':
        return void reply.destroy();
      case 'reset':
        return void reply.socket?.resetAndDestroy();
    }
  }

  /** What was written apart arrives apart, though commands come together. */
  async function piece(
    reply: ServerResponse,
    { reply: id, data }: { reply: number; data: string },
  ): Promise<void> {
    const drained = (): void => tell({ type: 'drain', reply: id });
    const goesOn = reply.write(Buffer.from(data, 'base64'));
    if (!goesOn) reply.once('drain', drained);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    if (goesOn) drained();
  }

  async function listen(server: number): Promise<void> {
    const served = createServer((incoming, reply) => void receive(server, incoming, reply));
    served.on('connection', (socket) => {
      const id = ids++;
      sockets.set(id, socket);
      tell({ type: 'connection', server, socket: id });
      socket.once('close', () => {
        sockets.delete(id);
        tell({ type: 'socket-closed', socket: id });
      });
    });
    servers.set(server, served);
    const port = await listening(served);
    tell({ type: 'listening', server, port });
  }

  async function receive(server: number, incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const id = ids++;
    replies.set(id, reply);
    reply.once('close', () => {
      replies.delete(id);
      tell({ type: 'closed', reply: id, finished: reply.writableFinished });
    });
    const { method = '', url = '', headers } = incoming;
    // Cut within its body, which no case asks for: the closing alone is told.
    const body = await read(incoming).catch(() => undefined);
    if (body === undefined) return;
    tell({ type: 'request', server, reply: id, method, url, headers, body: body.toString('base64') });
  }

  const port = await listening(control);
  return {
    url: `http://127.0.0.1:${port}`,
    outcome,
    get last() {
      return last;
    },
    close() {
      for (const server of [control, ...servers.values()]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
