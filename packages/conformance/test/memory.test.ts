import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PIECE = Buffer.alloc(65_536, 'x');

/** Writes for ever, as fast as it is read. */
async function pour(
  reply: ServerResponse,
  type: string,
  piece: Buffer,
  begin = '',
  status = 200,
  gzip = false,
) {
  reply.writeHead(status, { 'content-type': type, ...(gzip ? { 'content-encoding': 'gzip' } : {}) });
  const out = gzip ? createGzip({ level: 1 }) : undefined;
  out?.pipe(reply);
  const sink = out ?? reply;
  const closed = new Promise<void>((resolve) => reply.once('close', resolve));
  sink.on('error', () => undefined);
  sink.write(begin);
  while (!reply.destroyed) {
    if (!sink.write(piece))
      await Promise.race([new Promise((resolve) => sink.once('drain', resolve)), closed]);
  }
  out?.destroy();
}

const EVENTS = 'text/event-stream';
const JSON_TYPE = 'application/json';
const ATTACKS: Record<string, (reply: ServerResponse) => Promise<void>> = {
  line: (reply) => pour(reply, EVENTS, PIECE, 'data: {"type":"'),
  'line-gzip': (reply) => pour(reply, EVENTS, PIECE, 'data: {"type":"', 200, true),
  body: (reply) => pour(reply, JSON_TYPE, PIECE, '{"id":"'),
  error: (reply) => pour(reply, JSON_TYPE, PIECE, '{"error":"', 500),
  bomb: (reply) => pour(reply, JSON_TYPE, PIECE, '{"id":"', 200, true),
  comments: (reply) => pour(reply, EVENTS, Buffer.from(': ping\n\n'.repeat(8_000))),
  embedding: (reply) => pour(reply, JSON_TYPE, PIECE, '{"rows":[{"vector":"'),
};

const server = createServer((request, reply) => {
  const attack = ATTACKS[(request.url ?? '').slice(1)];
  if (attack === undefined) reply.end('warm');
  else void attack(reply);
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly megabytes: number;
}

/** The call in a process with 256 MB for its objects. */
async function run(attack: string, method: string): Promise<Outcome> {
  const client = fileURLToPath(new URL('memory/client.ts', import.meta.url));
  const args = [
    '--max-old-space-size=256',
    '--conditions=mortise-source',
    client,
    `${url}/${attack}`,
    method,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (complaints += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`The process ended with ${String(code)}: ${complaints.slice(0, 2_000)}`);
  return JSON.parse(out) as Outcome;
}

/** Above the start: half of what a process of 256 MB has. */
const MOST_MEGABYTES = 128;

describe('C-13: a hostile server ends in a typed error, and not the process', () => {
  it.each([
    ['line', 'stream', 'maxLineBytes'],
    ['line-gzip', 'stream', 'maxLineBytes'],
    ['body', 'chat', 'maxReplyBytes'],
    ['error', 'chat', 'maxReplyBytes'],
    ['error', 'stream', 'maxReplyBytes'],
    ['bomb', 'chat', 'maxReplyBytes'],
    ['comments', 'stream', 'maxReplyBytes'],
    ['embedding', 'embed', 'maxReplyBytes'],
  ])(
    '%s to %s',
    async (attack, method, option) => {
      const { code, message, megabytes } = await run(attack, method);
      expect([code, megabytes < MOST_MEGABYTES], `${megabytes} MB: ${message}`).toEqual([
        'malformed-response',
        true,
      ]);
      expect(message).toContain(option);
    },
    120_000,
  );
});
