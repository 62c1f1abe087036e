import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorText } from '@mortise/core';
import { mcpError } from '../client.ts';

/** Serves `fetch` on this machine alone. Resolves once it listens. */
export async function listenOn(
  port: number,
  fetch: (request: Request) => Promise<Response>,
  say: (line: string) => void,
): Promise<{ readonly closed: Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, fetch).catch((error: unknown) => {
      // The client has left, in the middle of the reply or before it.
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.destroy();
      if (!incoming.destroyed) say(`http: ${errorText(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The port ${port} cannot be opened: ${cause.message}. Give another by --http.`;
      reject(mcpError('configuration', message, cause));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  say(`Listening at http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  return { closed: new Promise((resolve) => void server.once('close', resolve)) };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fetch: (request: Request) => Promise<Response>,
): Promise<void> {
  const left = new AbortController();
  outgoing.once('close', () => left.abort());
  const { method = 'GET', url = '/', headers } = incoming;
  const base = `http://${headers.host ?? 'localhost'}`;
  const address = URL.parse(url, base);
  if (address === null) return void outgoing.writeHead(400).end();
  const body =
    method === 'GET' || method === 'HEAD'
      ? {}
      : { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const };
  const request = new Request(address, {
    method,
    headers: headersOf(incoming),
    signal: left.signal,
    ...body,
  });
  const response = await fetch(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) return void outgoing.end();
  await pipeline(Readable.fromWeb(response.body), outgoing);
}

/** As they came, so that what is given twice is refused as what it is. */
function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}
