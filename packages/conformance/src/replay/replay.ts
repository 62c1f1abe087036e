import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { deliver } from '../lab/deliver.ts';
import { json, startWire, type Wire, type WireReply, type WireRequest } from '../wire.ts';
import { bytesOf, readFixture, type Exchange } from './fixture.ts';
import type { ReplayOptions } from './options.ts';
import { recordWire } from './record.ts';

/** The environment variable that makes {@link startReplay} ask the provider and write what it says. */
export const recordVariable = 'RECORD';

export interface Replay extends Wire {
  /** For the client: the real key while it is recorded, else a harmless one. */
  readonly apiKey: string;
}

/** Nobody's key, and long enough to be one. */
const NO_KEY = 'replayed';

/**
 * A loopback server that answers as a provider once did, byte for byte. With `RECORD=1` it asks the provider instead,
 * and writes the fixture, without secrets, when it is closed. A request that is not the recorded one gets a 501 that
 * says what differs.
 */
export async function startReplay(
  options: ReplayOptions,
  recording = process.env[recordVariable] === '1',
): Promise<Replay> {
  const { file, key, timing = false } = options;
  if (recording) {
    if (key === undefined || key === '')
      throw new Error(`There is no key to record ${file} with. Set it, or unset ${recordVariable}.`);
    return extend(await recordWire({ ...options, key }), key);
  }
  const { exchanges } = readFixture(file);
  const wire = await startWire((request, reply, n) => answer(exchanges[n], request, reply, timing));
  return extend(wire, NO_KEY);
}

function extend(wire: Wire, apiKey: string): Replay {
  return Object.defineProperties({} as Replay, {
    ...Object.getOwnPropertyDescriptors(wire),
    apiKey: { value: apiKey },
  });
}

async function answer(
  exchange: Exchange | undefined,
  request: WireRequest,
  reply: WireReply,
  timing: boolean,
): Promise<void> {
  const problem = exchange === undefined ? 'it has no more exchanges' : difference(exchange.request, request);
  if (exchange === undefined || problem !== undefined) {
    const message = `The fixture does not have this request: ${problem}. Record it again with ${recordVariable}=1.`;
    return json(reply, { error: { message } }, { status: 501 });
  }
  const { status, headers, chunks } = exchange.response;
  if (!timing) return deliver(reply, chunks.map(bytesOf), { status, headers });
  reply.writeHead(status, headers);
  reply.flushHeaders();
  let before = 0;
  for (const chunk of chunks) {
    await new Promise((resolve) => setTimeout(resolve, chunk.ms - before));
    before = chunk.ms;
    reply.write(bytesOf(chunk));
  }
  reply.end();
}

/** What was masked may be anything now. */
function difference(recorded: Exchange['request'], { method, path, text }: WireRequest): string | undefined {
  if (recorded.method !== method) return `it is a ${method} and was a ${recorded.method}`;
  if (!alike(recorded.path, path)) return `it is for ${path} and was for ${recorded.path}`;
  if (alike(recorded.body, text) || isDeepStrictEqual(parsed(recorded.body), parsed(text))) return undefined;
  return 'its body is another one';
}

function alike(recorded: string, text: string): boolean {
  const parts = recorded
    .split(/\*{4,}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^]*')}$`).test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Buffer.from(text);
  }
}
