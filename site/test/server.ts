import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileAt, filesOf } from '../built.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};
const isText = (type: string): boolean => /^text\/|json|svg/.test(type);

/** What one reply weighed. */
export interface Served {
  readonly path: string;
  readonly raw: number;
  /** As it was sent: compressed, with what HTTP/1.1 puts before it. */
  readonly sent: number;
}

/** A static host: a file for an address, `.html` left out, texts by gzip. */
export class StaticServer {
  readonly served: Served[] = [];
  readonly #server: Server;

  constructor(folder: string, base = '/') {
    const files = new Set(filesOf(folder));
    this.#server = createServer((request, reply) => {
      const { pathname } = new URL(request.url ?? '/', 'http://site');
      const file = fileAt(decodeURI(pathname), base, files);
      const raw = readFileSync(join(folder, file ?? '404.html'));
      const type = TYPES[extname(file ?? '.html')] ?? 'application/octet-stream';
      const isZipped = isText(type) && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
      const body = isZipped ? gzipSync(raw) : raw;
      reply.writeHead(file === undefined ? 404 : 200, {
        'content-type': type,
        'content-length': body.byteLength,
        ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      });
      reply.end(body);
      const head = `HTTP/1.1 200 OK\r\n${reply.getHeaderNames().join('\r\n')}`.length + 100;
      this.served.push({ path: pathname, raw: raw.byteLength, sent: body.byteLength + head });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
