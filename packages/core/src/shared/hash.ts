/**
 * SHA-256 (FIPS 180-4) as 64 lower-case hex digits; a string is hashed as its UTF-8. Synchronous, and equal in every
 * runtime: `node:crypto` where there is one, {@link portableSha256Hex} elsewhere. WebCrypto is asynchronous and takes
 * 40 times as long for many short inputs.
 */
export function sha256Hex(text: string | Uint8Array): string {
  return (fastest ??= nativeSha256() ?? portableSha256Hex)(text);
}

/**
 * A field of a hashed text, by its length in UTF-16 units, so that no two lists of fields run together. UTF-8 cannot
 * tell lone surrogates apart: a field that has one is framed as its JSON after a `u`.
 */
export function framed(field: string): string {
  if (field.isWellFormed()) return `${field.length}:${field}`;
  const escaped = JSON.stringify(field);
  return `u${escaped.length}:${escaped}`;
}

type Sha256 = (text: string | Uint8Array) => string;

/** Looked up at the first use: importing core does nothing. */
let fastest: Sha256 | undefined;

interface NodeCrypto {
  /** Node 21.7, a third faster than `createHash` for short inputs. */
  hash?: (algorithm: string, data: string | Uint8Array, encoding: 'hex') => string;
  createHash?: (algorithm: string) => NodeHash;
}

interface NodeHash {
  update(data: string | Uint8Array): NodeHash;
  digest(encoding: 'hex'): string;
}

function nodeCrypto(): NodeCrypto {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  return (process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined) ?? {};
}

/** The hash of a long text that is given in parts, none of which ends within a character. */
export interface Sha256Sum {
  update(part: string): void;
  /** As `sha256Hex` of all parts together. Called once. */
  digest(): string;
}

/** Outside of runtimes with `node:crypto` the parts are held, and hashed at the end. */
export function sha256Sum(): Sha256Sum {
  const sum = nodeCrypto().createHash?.('sha256');
  const parts: string[] = [];
  return {
    update: (part) => void (sum === undefined ? parts.push(part) : sum.update(part)),
    digest: () => sum?.digest('hex') ?? sha256Hex(parts.join('')),
  };
}

function nativeSha256(): Sha256 | undefined {
  const { hash, createHash } = nodeCrypto();
  if (hash !== undefined) return (text) => hash('sha256', text, 'hex');
  if (createHash !== undefined) return (text) => createHash('sha256').update(text).digest('hex');
  return undefined;
}

/** The same in plain JavaScript, for runtimes without `node:crypto`. */
export function portableSha256Hex(text: string | Uint8Array): string {
  const message = padded(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  const { initial, round } = (tables ??= constants());
  const state = initial.slice();
  const schedule = new Uint32Array(64);
  for (let offset = 0; offset < message.byteLength; offset += 64) {
    compress(state, schedule, round, message, offset);
  }
  let hex = '';
  for (const word of state) hex += word.toString(16).padStart(8, '0');
  return hex;
}

/** FIPS 180-4, 5.1.1: one 1 bit, zeros, and the length in bits as 64 bits big-endian, to a multiple of 64 bytes. */
function padded(bytes: Uint8Array): DataView {
  const buffer = new Uint8Array((((bytes.length + 8) >>> 6) + 1) * 64);
  buffer.set(bytes);
  buffer[bytes.length] = 0x80;
  const view = new DataView(buffer.buffer);
  view.setUint32(buffer.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(buffer.length - 4, (bytes.length << 3) >>> 0);
  return view;
}

/** FIPS 180-4, 6.2.2. Indices are within the arrays by construction. */
function compress(
  state: Uint32Array,
  w: Uint32Array,
  round: Uint32Array,
  message: DataView,
  offset: number,
): void {
  for (let t = 0; t < 16; t++) w[t] = message.getUint32(offset + t * 4);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = w[t - 16]! + sigma0 + w[t - 7]! + sigma1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + round[t]! + w[t]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  const words: Eight = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] = state[i]! + words[i]!;
}

type Eight = [number, number, number, number, number, number, number, number];

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The tables of the standard, computed at the first use: two dozen lines of digits would be most of this file's weight. */
let tables: { readonly initial: Uint32Array; readonly round: Uint32Array } | undefined;

/** FIPS 180-4, 4.2.2 and 5.3.3: the fractions of the cube roots of the first 64 primes, and of the square roots of the first 8. */
function constants(): NonNullable<typeof tables> {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return {
    initial: Uint32Array.from(primes.slice(0, 8), (prime) => fraction(prime, 2n)),
    round: Uint32Array.from(primes, (prime) => fraction(prime, 3n)),
  };
}

/** The first 32 bits after the point of a root below 16: the low ones of the root of the number times 2^32 to its power. */
function fraction(prime: number, power: bigint): number {
  const most = BigInt(prime) << (32n * power);
  let root = 0n;
  for (let bit = 1n << 35n; bit > 0n; bit >>= 1n) if ((root | bit) ** power <= most) root |= bit;
  return Number(BigInt.asUintN(32, root));
}
