import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenAILLM } from '@mortise/openai';

/** A provider on this machine, in OpenAI's format. */
export interface Provider {
  readonly origin: string;
  readonly llm: OpenAILLM;
  /** Bytes that were written to all connections. */
  readonly written: number;
  /** Replies that were begun, and those whose connection was closed, with the time of it. */
  readonly begun: number;
  readonly closed: readonly number[];
  stop(): void;
}

/** The model of such a provider. */
export const llmOf = (origin: string): OpenAILLM =>
  new OpenAILLM({ model: 'm', apiKey: 'key', baseURL: `${origin}/v1`, api: 'chat-completions' });

/** Says each of `deltas`, or one without an end, every `everyMs` milliseconds; 0: as fast as it is read. */
export async function startProvider(deltas: string | readonly string[], everyMs: number): Promise<Provider> {
  let written = 0;
  let begun = 0;
  const closed: number[] = [];
  const server = createServer(async (_request, reply) => {
    begun++;
    const left = new Promise<void>((resolve) =>
      reply.once('close', () => {
        closed.push(performance.now());
        resolve();
      }),
    );
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of eventsOf(deltas)) {
      if (reply.destroyed) return;
      const goesOn = reply.write(event);
      written += event.length;
      if (everyMs > 0) await Promise.race([left, new Promise((resolve) => setTimeout(resolve, everyMs))]);
      else if (!goesOn) await Promise.race([left, once(reply, 'drain')]);
    }
    reply.end('data: [DONE]\n\n');
  });
  const origin = await listening(server);
  return {
    origin,
    llm: llmOf(origin),
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

function* eventsOf(deltas: string | readonly string[]): Generator<string> {
  if (typeof deltas === 'string') for (const event = eventOf(deltas); ;) yield event;
  for (const delta of deltas) yield eventOf(delta);
  yield eventOf('', 'stop');
}

function eventOf(content: string, finish_reason: string | null = null): string {
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
  return `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;
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
