import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import {
  createMcpHandler,
  Server,
  WebStandardStreamableHTTPServerTransport,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { connectMcp, type McpHttpOptions } from '@mortise/mcp';
import { onTestFinished } from 'vitest';

/** What a server by hand lists and answers. */
export interface Hand {
  /** Each page of its list. */
  readonly pages: () => readonly (readonly object[])[] | Promise<readonly (readonly object[])[]>;
  readonly call?: (name: string, args: Record<string, unknown>, context: ServerContext) => unknown;
  readonly name?: string;
}

export const PROTOCOLS = ['2026-07-28', 'legacy'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** The official server, with handlers that say whatever the test wants said. */
export function byHand({ pages, call = () => ({ content: [] }), name = 'files' }: Hand): McpServerFactory & {
  readonly servers: Server[];
} {
  const servers: Server[] = [];
  const factory = () => {
    const server = new Server({ name, version: '1.2.3' }, { capabilities: { tools: { listChanged: true } } });
    server.setRequestHandler('tools/list', async ({ params }) => {
      const all = await pages();
      const at = Number(params?.cursor ?? 0);
      const tools = (all[at] ?? []).map((each) => ({ inputSchema: { type: 'object' }, ...each }));
      return { tools, ...(at + 1 < all.length ? { nextCursor: String(at + 1) } : {}) } as never;
    });
    server.setRequestHandler(
      'tools/call',
      async ({ params }, context) => (await call(params.name, params.arguments ?? {}, context)) as never,
    );
    servers.push(server);
    return server;
  };
  return Object.assign(factory, { servers });
}

/** A client of the official package, connected within this process. */
export async function inMemory(factory: McpServerFactory, protocol: Protocol): Promise<Client> {
  const [here, there] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(factory, { transport: there });
  const mode = protocol === 'legacy' ? protocol : { pin: protocol };
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(here);
  onTestFinished(async () => {
    await client.close();
    await handle.close();
  });
  return client;
}

/** A client over streamable HTTP, whose requests go to the official handler. */
export async function overHttp(
  factory: McpServerFactory,
  protocol: Protocol,
  { path = '/mcp', ...options }: Partial<McpHttpOptions> & { readonly path?: string } = {},
): ReturnType<typeof connectMcp> {
  const handler = createMcpHandler(factory);
  const url = await listen(protocol === 'legacy' ? session(factory) : (request) => handler.fetch(request));
  const client = await connectMcp({ url: `${url}${path}`, protocol, allowPrivate: true, ...options });
  onTestFinished(async () => {
    await client.close();
    await handler.close();
  });
  return client;
}

/** As servers of older versions are: one session, whose requests go to one server. */
function session(factory: McpServerFactory): (request: Request) => Promise<Response> {
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => 'session-1' });
  const connected = Promise.resolve(factory({ era: 'legacy' })).then((server) => server.connect(transport));
  return async (request) => {
    await connected;
    return transport.handleRequest(request);
  };
}

/** A handler of `Request`s as a server on the loopback interface; its address. */
export async function listen(handle: (request: Request) => Promise<Response> | Response): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const left = new AbortController();
    outgoing.on('close', () => left.abort());
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = 'GET', headers, url = '/' } = incoming;
    const response = await handle(
      new Request(`http://${headers.host}${url}`, {
        method,
        headers: headers as Record<string, string>,
        signal: left.signal,
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    try {
      for await (const chunk of response.body ?? []) outgoing.write(chunk);
    } catch {
      // The caller has left.
    }
    outgoing.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
