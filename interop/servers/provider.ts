import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenAILLM } from '@mortise/openai';

/** A provider on this machine, in OpenAI's format, that never stops talking. */
export interface Provider {
  readonly llm: OpenAILLM;
  /** Bytes that were written to all connections. */
  readonly written: number;
  /** Replies that were begun, and those whose connection was closed before their end, with the time of it. */
  readonly begun: number;
  readonly closed: readonly number[];
  stop(): void;
}

/** Says `delta` every `everyMs` milliseconds; 0: as fast as it is read. */
export async function endlessProvider(delta: string, everyMs: number): Promise<Provider> {
  let written = 0;
  let begun = 0;
  const closed: number[] = [];
  const event = `data: ${JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content: delta }, finish_reason: null }],
  })}\n\n`;
  const server = createServer(async (_request, reply) => {
    begun++;
    const left = new Promise<void>((resolve) =>
      reply.once('close', () => {
        closed.push(performance.now());
        resolve();
      }),
    );
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!reply.destroyed) {
      const goesOn = reply.write(event);
      written += event.length;
      if (everyMs > 0) await Promise.race([left, new Promise((resolve) => setTimeout(resolve, everyMs))]);
      else if (!goesOn) await Promise.race([left, once(reply, 'drain')]);
    }
  });
  const origin = await listening(server);
  const llm = new OpenAILLM({ model: 'm', apiKey: 'key', baseURL: `${origin}/v1`, api: 'chat-completions' });
  return {
    llm,
    get written() {
      return written;
    },
    get begun() {
      return begun;
    },
    closed,
    stop: () => stop(server),
  };
}

export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}
