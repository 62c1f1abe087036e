import { serve } from '@hono/node-server';
import { MortiseError } from '@mortise/core';
import { randomBytes } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { inspectorApp } from './app.ts';
import type { LineLog } from './line-log.ts';
import { readPage } from './page-files.ts';

/** A page that can be opened. */
export interface Serving {
  /** With the token that opens it, behind the `#`, which no browser sends anywhere. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly log: LineLog;
  readonly about: Readonly<Record<string, unknown>>;
  readonly port: number;
  /** The process lives as long as the server. */
  readonly hold: boolean;
}

/** Serves the page on 127.0.0.1 to who has the token. */
export async function serveInspector({ log, about, port, hold }: ServeOptions): Promise<Serving> {
  const token = randomBytes(24).toString('base64url');
  const app = inspectorApp({ log, about, token, page: await readPage() });
  return new Promise((resolve, reject) => {
    // The application's own `Request` and `Response` stay what they are.
    const server = serve({
      ...{ fetch: app.fetch, hostname: '127.0.0.1', port, overrideGlobalObjects: false },
    });
    // Also later, when it changes nothing: an error that nobody hears, such as that of too many open files, ends the process.
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'it is in use. Choose another, or 0 for any' : cause.message;
      reject(new MortiseError('configuration', `Port ${port} cannot be listened on: ${why}.`, { cause }));
    });
    // A page that is open holds the process no more than the server does.
    if (!hold) server.unref().on('connection', (socket: Socket) => void socket.unref());
    server.once('listening', () => {
      const stop = async (): Promise<void> => {
        await new Promise((closed) => {
          server.close(closed);
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
      };
      const { port: own } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${own}/#${token}`, stop });
    });
  });
}
