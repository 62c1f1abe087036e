import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { dirname } from 'node:path';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { isObject } from '@mortise/core/shared';
import { startWire, type Wire, type WireReply, type WireRequest } from '../wire.ts';
import { chunkOf, fixtureSecrets, refuseSecrets, type Exchange, type Fixture } from './fixture.ts';
import type { ReplayOptions } from './options.ts';
import { carriedBy, scrub } from './secrets.ts';

/** Headers that are written. All others may name an account, a cookie or a key, and say nothing to an adapter. */
const KEPT =
  /^(accept|content-type|retry-after(-ms)?|anthropic-(version|beta)|openai-(beta|version)|(x|anthropic)-ratelimit-.*)$/;

type RecordOptions = Omit<ReplayOptions, 'key'> & { readonly key: string };

/** One request and what answered it, as they were: with their secrets, which later exchanges may repeat. */
interface Heard {
  readonly request: WireRequest;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly chunks: readonly { readonly bytes: Buffer; readonly ms: number }[];
}

/** A server that asks `upstream`, hands on what it says as it comes, and writes the fixture when it is closed. */
export async function recordWire({ file, upstream, key, secrets = [] }: RecordOptions): Promise<Wire> {
  const hidden = new Set([key, ...secrets]);
  const heard: Heard[] = [];
  const wire = await startWire(async (request, reply, n) => {
    const url = new URL(request.path, upstream);
    for (const secret of carriedBy(url, request.headers)) hidden.add(secret);
    heard[n] = await passOn(url, request, reply);
  });

  async function close(): Promise<void> {
    await wire.close();
    const all = [...hidden];
    // One whose client left has none.
    const exchanges = heard.filter((each) => each !== undefined).map((each) => exchangeOf(each, all));
    const model = wire.requests
      .map(({ body }) => (isObject(body) ? body['model'] : undefined))
      .find((each) => typeof each === 'string');
    const fixture: Fixture = {
      format: 1,
      recordedAt: new Date().toISOString(),
      ...(model === undefined ? {} : { model: scrub(model, all) }),
      exchanges,
    };
    refuseSecrets(file, fixtureSecrets(fixture, all));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(fixture, undefined, 2)}\n`);
  }

  return Object.defineProperties({} as Wire, {
    ...Object.getOwnPropertyDescriptors(wire),
    close: { value: close },
    [Symbol.asyncDispose]: { value: close },
  });
}

async function passOn(url: URL, request: WireRequest, reply: WireReply): Promise<Heard> {
  const response = await ask(url, request);
  const begin = performance.now();
  const chunks: { bytes: Buffer; ms: number }[] = [];
  const { statusCode: status = 502, headers } = response;
  reply.writeHead(status, kept(headers, []));
  reply.flushHeaders();
  for await (const bytes of decompressed(response)) {
    chunks.push({ bytes, ms: Math.round(performance.now() - begin) });
    reply.write(bytes);
  }
  reply.end();
  return { request, status, headers, chunks };
}

function exchangeOf({ request, status, headers, chunks }: Heard, hidden: readonly string[]): Exchange {
  return {
    request: {
      method: request.method,
      path: scrub(request.path, hidden),
      headers: kept(request.headers, hidden),
      body: scrub(request.text, hidden),
    },
    response: {
      status,
      headers: kept(headers, hidden),
      chunks: scrubChunks(chunks, hidden).map(({ bytes, ms }) => chunkOf(bytes, ms)),
    },
  };
}

/** A secret in what is compressed would be found by nobody, and some servers compress though they were asked not to. */
function decompressed(response: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return response;
  const decoder = DECODERS[encoding]?.();
  if (decoder === undefined)
    throw new Error(`The provider answered in ${encoding}, which cannot be recorded.`);
  return response.pipe(decoder);
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createUnzip,
  'x-gzip': createUnzip,
  deflate: createUnzip,
  br: createBrotliDecompress,
};

function ask(url: URL, { method, headers, text }: WireRequest): Promise<IncomingMessage> {
  const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers;
  const send = url.protocol === 'https:' ? overHttps : overHttp;
  const own = { ...rest, 'accept-encoding': 'identity', 'content-length': String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    send(url, { method, headers: own }, resolve).on('error', reject).end(text);
  });
}

function kept(headers: IncomingMessage['headers'], hidden: readonly string[]): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => KEPT.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, scrub(String(value), hidden)]));
}

/** A secret may be cut by the end of a chunk, so all of them are scrubbed as one; every byte keeps its place. */
function scrubChunks(
  chunks: readonly { readonly bytes: Buffer; readonly ms: number }[],
  hidden: readonly string[],
): { bytes: Buffer; ms: number }[] {
  const whole = Buffer.concat(chunks.map(({ bytes }) => bytes));
  // One character a byte, so that a mask is as long as what it hides.
  const scrubbed = Buffer.from(scrub(whole.toString('latin1'), hidden), 'latin1');
  let at = 0;
  return chunks.map(({ bytes, ms }) => ({ ms, bytes: scrubbed.subarray(at, (at += bytes.length)) }));
}
