import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isMortiseError, messagesFromJson, type LLM } from '@mortise/core';

const PAGE = new URL('page.html', import.meta.url);
/** The modules of `@mortise/core` as they are installed: the page imports them without a build. */
const CORE = new URL('../', import.meta.resolve('@mortise/core/sse'));
/** Bytes of a conversation. */
const MOST = 1_000_000;

/** The page, and `POST /api/chat`: messages as JSON in, server-sent events out. */
export function createApp(llm: LLM): Server {
  return createServer((request, response) => {
    answer(llm, request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const refused = isMortiseError(error, 'invalid-request') || error instanceof SyntaxError;
      if (!refused) console.error(error);
      return response.writeHead(refused ? 400 : 500).end(refused ? error.message : 'The server failed.');
    });
  });
}

async function answer(llm: LLM, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/', headers } = request;
  if (method === 'GET' && url === '/') return send(response, PAGE, 'text/html; charset=utf-8');
  if (method === 'GET' && url.startsWith('/core/')) {
    const file = new URL(url.slice('/core/'.length), CORE);
    if (file.href.startsWith(CORE.href)) return send(response, file, 'text/javascript; charset=utf-8');
  }
  if (method !== 'POST' || url !== '/api/chat') return void response.writeHead(404).end('Not found');
  // A page of another site cannot send this without asking first, and is not allowed to.
  if (headers['content-type'] !== 'application/json') return void response.writeHead(415).end('Send JSON.');
  const messages = messagesFromJson(JSON.parse(await read(request)));
  // When the client leaves, the model's connection is closed too.
  const left = new AbortController();
  response.once('close', () => left.abort());
  const stream = llm.streamChat(messages, { signal: left.signal });
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  await pipeline(stream.toSSE(), response).catch(() => undefined);
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    parts.push(part);
    if ((size += part.length) > MOST) throw new SyntaxError(`More than ${MOST} bytes.`);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function send(response: ServerResponse, file: URL, type: string): Promise<void> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return void response.writeHead(404).end('Not found');
  response.writeHead(200, { 'content-type': type }).end(bytes);
}
