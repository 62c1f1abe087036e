import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { dirname } from 'node:path';
import { isObject } from '@mortise/core/shared';
import { startWire, type Wire, type WireReply, type WireRequest } from '../wire.ts';
import { chunkOf, fixtureSecrets, refuseSecrets, type Exchange, type Fixture } from './fixture.ts';
import type { ReplayOptions } from './options.ts';
import { scrub } from './secrets.ts';

/** Headers that are written. All others may name an account, a cookie or a key, and say nothing to an adapter. */
const KEPT =
  /^(accept|content-type|retry-after(-ms)?|anthropic-(version|beta)|openai-(beta|version)|(x|anthropic)-ratelimit-.*)$/;

type RecordOptions = Omit<ReplayOptions, 'key'> & { readonly key: string };

/** A server that asks `upstream`, hands on what it says as it comes, and writes the fixture when it is closed. */
export async function recordWire({ file, upstream, key, secrets = [] }: RecordOptions): Promise<Wire> {
  const hidden = [key, ...secrets];
  const exchanges: Exchange[] = [];
  let model: unknown;
  const wire = await startWire(async (request, reply, n) => {
    if (isObject(request.body)) model ??= request.body['model'];
    exchanges[n] = await passOn(upstream, request, reply, hidden);
  });

  async function close(): Promise<void> {
    await wire.close();
    const fixture: Fixture = {
      format: 1,
      recordedAt: new Date().toISOString(),
      ...(typeof model === 'string' ? { model: scrub(model, hidden) } : {}),
      // One whose client left has none.
      exchanges: exchanges.filter((exchange) => exchange !== undefined),
    };
    refuseSecrets(file, fixtureSecrets(fixture, hidden));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(fixture, undefined, 2)}\n`);
  }

  return Object.defineProperties({} as Wire, {
    ...Object.getOwnPropertyDescriptors(wire),
    close: { value: close },
    [Symbol.asyncDispose]: { value: close },
  });
}

async function passOn(
  upstream: string,
  request: WireRequest,
  reply: WireReply,
  hidden: readonly string[],
): Promise<Exchange> {
  const response = await ask(new URL(request.path, upstream), request);
  const begin = performance.now();
  const chunks: { bytes: Buffer; ms: number }[] = [];
  reply.writeHead(response.statusCode ?? 502, kept(response.headers, []));
  reply.flushHeaders();
  for await (const bytes of response as AsyncIterable<Buffer>) {
    chunks.push({ bytes, ms: Math.round(performance.now() - begin) });
    reply.write(bytes);
  }
  reply.end();
  return {
    request: {
      method: request.method,
      path: scrub(request.path, hidden),
      headers: kept(request.headers, hidden),
      body: scrub(request.text, hidden),
    },
    response: {
      status: response.statusCode ?? 502,
      headers: kept(response.headers, hidden),
      chunks: scrubChunks(chunks, hidden).map(({ bytes, ms }) => chunkOf(bytes, ms)),
    },
  };
}

/** Without compression: a secret in what is compressed would be found by nobody. */
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
