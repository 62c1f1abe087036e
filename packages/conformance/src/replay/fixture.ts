import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { secretsIn } from './secrets.ts';

/** What was said between a client and a provider, to be said again byte for byte. */
export interface Fixture {
  readonly format: 1;
  /** ISO 8601. */
  readonly recordedAt: string;
  /** What the requests asked for, where they say. */
  readonly model?: string;
  readonly exchanges: readonly Exchange[];
}

/** One request with what answered it, as recorded. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly chunks: readonly Chunk[];
  };
}

/** Bytes as they arrived at once: as text where they are whole UTF-8, so that a diff can be read. */
export type Chunk = { readonly ms: number } & ({ readonly text: string } | { readonly base64: string });

export function chunkOf(bytes: Buffer, ms: number): Chunk {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { ms, text } : { ms, base64: bytes.toString('base64') };
}

export function bytesOf(chunk: Chunk): Buffer {
  return 'text' in chunk ? Buffer.from(chunk.text, 'utf8') : Buffer.from(chunk.base64, 'base64');
}

/** Where a secret stands in a fixture, without the secret. Empty: it may be committed. */
export function fixtureSecrets(fixture: Fixture, secrets: readonly string[] = []): string[] {
  const found = fixture.exchanges.flatMap(({ request, response }, at) => {
    const bodies = Buffer.concat(response.chunks.map(bytesOf)).toString('latin1');
    const places: [string, string][] = [
      ['the URL', request.path],
      ["the request's headers", headerLines(request.headers)],
      ["the request's body", request.body],
      ["the reply's headers", headerLines(response.headers)],
      ["the reply's body", bodies],
    ];
    return places.flatMap(([place, text]) =>
      secretsIn(text, secrets).map((kind) => `exchange ${at}: ${kind} in ${place}`),
    );
  });
  const rest = secretsIn(JSON.stringify({ ...fixture, exchanges: [] }), secrets);
  return [...new Set([...found, ...rest.map((kind) => `${kind} beside the exchanges`)])];
}

/** Reads a fixture, and refuses a file that is not one or that holds a secret. */
export function readFixture(file: string): Fixture {
  const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
  if (fixture.format !== 1 || !Array.isArray(fixture.exchanges))
    throw new TypeError(`${file} is not a fixture of this version. Record it again, with RECORD=1.`);
  refuseSecrets(file, fixtureSecrets(fixture));
  return fixture;
}

export function refuseSecrets(file: string, found: readonly string[]): void {
  if (found.length === 0) return;
  throw new Error(
    `${file} holds what looks like a secret: ${found.join('; ')}. Name it in \`secrets\`, record again, and revoke it if it was committed.`,
  );
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
