/**
 * OpenAI's embeddings on loopback in a process of its own, with 20 ms of latency. Prints its URL. The text `text-N` has
 * row N modulo 97 of a fixed table; `dimensions` of the request says how long rows are. Bodies are built once, so that
 * this process is no bottleneck in the rounds that count.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LATENCY_MS = 20;
const ROWS = 97;

const tables = new Map<number, Buffer[]>();
/** Kept only for the batches of `embedding.ts`, which come again and again. */
const bodies = new Map<string, Buffer>();
const MOST_BODIES = 64;

/** JSON strings of base64, reproducible. */
function tableOf(dimensions: number): Buffer[] {
  let table = tables.get(dimensions);
  if (table === undefined) {
    let state = 1;
    table = Array.from({ length: ROWS }, () => {
      const row = Buffer.alloc(dimensions * 4);
      for (let at = 0; at < row.length; at += 4) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        row.writeFloatLE(state / 2 ** 31 - 1, at);
      }
      return Buffer.from(JSON.stringify(row.toString('base64')));
    });
    tables.set(dimensions, table);
  }
  return table;
}

function bodyOf(input: readonly string[], dimensions: number): Buffer {
  const table = tableOf(dimensions);
  const parts: Buffer[] = [Buffer.from('{"object":"list","data":[')];
  for (const [index, text] of input.entries()) {
    const row = table[Number(text.slice(text.indexOf('-') + 1)) % ROWS] as Buffer;
    const open = `${index === 0 ? '' : ','}{"object":"embedding","index":${index},"embedding":`;
    parts.push(Buffer.from(open), row, Buffer.from('}'));
  }
  const tokens = input.length * 3;
  parts.push(Buffer.from(`],"model":"bench","usage":{"prompt_tokens":${tokens},"total_tokens":${tokens}}}`));
  return Buffer.concat(parts);
}

let requests = 0;
const server = createServer((request, reply) => {
  if (request.method === 'GET') {
    reply.end(String(requests));
    return;
  }
  requests++;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      input: string | string[];
      dimensions?: number;
    };
    const input = typeof body.input === 'string' ? [body.input] : body.input;
    const { dimensions = 1536 } = body;
    const key = `${input[0]} ${input.length} ${dimensions}`;
    const bytes = bodies.get(key) ?? bodyOf(input, dimensions);
    if (bodies.size < MOST_BODIES && dimensions === 1536) bodies.set(key, bytes);
    setTimeout(() => {
      reply.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      reply.end(bytes);
    }, LATENCY_MS);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
