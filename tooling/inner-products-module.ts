/**
 * Writes `packages/rag/src/stores/inner-products-module.ts`: the bytes of a WebAssembly module that compares a query with
 * rows of vectors, four numbers at once. They are put together here, by hand, so that no compiler is needed; the
 * encoding is that of https://webassembly.github.io/spec/core/binary/.
 */
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.ts';

export const MODULE_FILE = 'packages/rag/src/stores/inner-products-module.ts';

type Code = readonly number[];

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;

/** Pages of 64 KiB: one less than there can be, so that the end of no row is 2^32, which is 0. */
const MOST_PAGES = 65_535;

/** LEB128, of numbers from 0. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const section = (id: number, ...bytes: number[]): Code => [id, ...sized(bytes)];
const name = (text: string): Code => sized([...Buffer.from(text, 'latin1')]);

/** Parameters in their order, then locals of a type each in theirs, which begin as zeros. */
const [query, rows, quarter, length, out] = [0, 1, 2, 3, 4] as const;
const [at, quadEnd, end, last, quarterBytes, rowBytes] = [5, 6, 7, 8, 9, 10] as const;
const addresses = [11, 12, 13, 14] as const;
const quads = [15, 16, 17, 18] as const;
const noQuad = 19;
const sums = [20, 21, 22, 23] as const;
const LOCALS: Code = [3, ...[10, I32], ...[5, V128], ...[4, F32]];

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
/** Of -64 to 63. */
const constant = (value: number): Code => [0x41, value & 0x7f];
const add = (x: Code, y: Code): Code => [...x, ...y, 0x6a];
const multiply = (x: Code, y: Code): Code => [...x, ...y, 0x6c];
const and = (x: Code, y: Code): Code => [...x, ...y, 0x71];
const bytesOf = (numbers: Code): Code => [...numbers, ...constant(2), 0x74];
const advance = (local: number, bytes: Code): Code => set(local, add(get(local), bytes));

const single = (local: number): Code => [...get(local), 0x2a, 2, 0];
const store = (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0];
const addSingles = (x: Code, y: Code): Code => [...x, ...y, 0x92];
const multiplySingles = (x: Code, y: Code): Code => [...x, ...y, 0x94];

/** Four numbers at an address that need not be aligned. */
const quad = (local: number): Code => [...get(local), 0xfd, 0x00, 0, 0];
const addQuads = (x: Code, y: Code): Code => [...x, ...y, 0xfd, 0xe4, 0x01];
const multiplyQuads = (x: Code, y: Code): Code => [...x, ...y, 0xfd, 0xe6, 0x01];
const lane = (local: number, nth: number): Code => [...get(local), 0xfd, 0x1f, nth];
const total = (local: number): Code =>
  addSingles(addSingles(lane(local, 0), lane(local, 1)), addSingles(lane(local, 2), lane(local, 3)));

/** The body again and again until an address has come to its end. */
const until = (address: number, bound: number, ...body: Code[]): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...get(address), ...get(bound), 0x4f, 0x0d, 1],
  ...[...body.flat(), 0x0c, 0],
  ...[0x0b, 0x0b],
];
const advanceAll = (bytes: number): Code =>
  [at, ...addresses].flatMap((local) => advance(local, constant(bytes)));

/*
 * products(query, rows, quarter, length, out): for each of four times `quarter` rows, one behind the other, the inner
 * product with the query of `length` numbers, as a 32-bit float from `out` on. `query`, `rows` and `out` are addresses in
 * bytes. Four rows are read at once, each a quarter of all rows behind the one before: memory gives four streams that are
 * far apart in two thirds of the time that it takes for one.
 */
const body: Code = [
  ...set(rowBytes, bytesOf(get(length))),
  ...set(quarterBytes, bytesOf(get(quarter))),
  ...set(quadEnd, add(get(query), bytesOf(and(get(length), constant(-4))))),
  ...set(end, add(get(query), get(rowBytes))),
  ...set(last, add(get(out), get(quarterBytes))),
  ...until(
    out,
    last,
    set(at, get(query)),
    addresses.flatMap((local, nth) =>
      set(
        local,
        nth === 0 ? get(rows) : add(get(addresses[nth - 1]!), multiply(get(quarter), get(rowBytes))),
      ),
    ),
    quads.flatMap((local) => set(local, get(noQuad))),
    until(
      at,
      quadEnd,
      quads.flatMap((local, nth) =>
        set(local, addQuads(get(local), multiplyQuads(quad(at), quad(addresses[nth]!)))),
      ),
      advanceAll(16),
    ),
    sums.flatMap((local, nth) => set(local, total(quads[nth]!))),
    until(
      at,
      end,
      sums.flatMap((local, nth) =>
        set(local, addSingles(get(local), multiplySingles(single(at), single(addresses[nth]!)))),
      ),
      advanceAll(4),
    ),
    // The places of their products are as far apart as they are.
    set(at, get(out)),
    sums.flatMap((local) => [...store(get(at), get(local)), ...advance(at, get(quarterBytes))]),
    advance(out, constant(4)),
    advance(rows, get(rowBytes)),
  ),
  0x0b,
];

/** The module: `products`, and the `memory` that it works in, without a page at first. */
export function moduleBytes(): Uint8Array {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, 1, 0x60, 5, I32, I32, I32, I32, I32, 0),
    ...section(3, 1, 0),
    ...section(5, 1, 0x01, 0, ...unsigned(MOST_PAGES)),
    ...section(7, 2, ...name('products'), 0x00, 0, ...name('memory'), 0x02, 0),
    ...section(10, 1, ...sized([...LOCALS, ...body])),
  ]);
}

export function moduleSource(): string {
  const lines =
    Buffer.from(moduleBytes())
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  return `// Written by tooling/inner-products-module.ts, which says what it does; edits are lost.

/** A WebAssembly module of ${moduleBytes().length} bytes, as base64. */
export const INNER_PRODUCTS_MODULE =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (import.meta.main) writeFileSync(join(root, MODULE_FILE), moduleSource());
