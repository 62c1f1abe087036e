import { LITTLE_ENDIAN } from '@mortise/core/shared';
import { INNER_PRODUCTS_MODULE } from './inner-products-module.ts';

/** Rows that are compared in one call, at most. */
export const SIMD_ROWS = 1024;

const PAGE_BYTES = 65_536;

/** What the module has: see `tooling/inner-products-module.ts`. */
interface Products {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  products(query: number, rows: number, quarter: number, length: number, out: number): void;
}

interface Compiler {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/**
 * Room for vectors of one length, which it compares four numbers at once. It is the memory of an instance of
 * WebAssembly, which grows in its place up to 4 GiB. Its first bytes are the query's and the products'.
 */
export class SimdMemory {
  readonly #module: Products;
  readonly #dimensions: number;
  /** Where the products begin, and then the vectors, in bytes. */
  readonly #products: number;
  #end: number;

  private constructor(module: Products, dimensions: number) {
    this.#module = module;
    this.#dimensions = dimensions;
    this.#products = dimensions * 4;
    this.#end = this.#products + SIMD_ROWS * 4;
  }

  /**
   * Undefined where a runtime has no WebAssembly, none with vectors, or no room for its memory, and where it is forbidden
   * to compile it: Cloudflare's, and pages whose policy says so.
   */
  static create(dimensions: number): SimdMemory | undefined {
    const { WebAssembly } = globalThis as { WebAssembly?: Compiler };
    // Its numbers have their lowest byte first, a view those of the machine.
    if (WebAssembly === undefined || !LITTLE_ENDIAN) return undefined;
    try {
      const bytes = Uint8Array.from(atob(INNER_PRODUCTS_MODULE), (unit) => unit.charCodeAt(0));
      // Some 600 bytes: what is allowed at once even where larger modules must be compiled in the background.
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
      return new SimdMemory(exports as Products, dimensions);
    } catch {
      return undefined;
    }
  }

  /**
   * Where so many numbers have their place from now on, in bytes; undefined when there is no room. Views that were given
   * before are of length 0 then.
   */
  allot(numbers: number): number | undefined {
    const { memory } = this.#module;
    const offset = this.#end;
    const held = memory.buffer.byteLength / PAGE_BYTES;
    const needed = Math.ceil((offset + numbers * 4) / PAGE_BYTES) - held;
    // By an eighth at least: at each growth V8 counts the whole memory as new, and collects garbage the sooner.
    const isRoom = needed <= 0 || grow(memory, Math.max(needed, held >> 3)) || grow(memory, needed);
    if (!isRoom) return undefined;
    this.#end += numbers * 4;
    return offset;
  }

  /** Numbers at an offset in bytes, until the memory grows. */
  view(offset: number, numbers: number): Float32Array {
    return new Float32Array(this.#module.memory.buffer, offset, numbers);
  }

  /**
   * The inner products of a query and of at most `SIMD_ROWS` rows, four times so many as `quarter`, the first of which
   * begins at an offset in bytes, until the next call. Their sums are 32-bit floats: `slackOf` says how far they may be off.
   */
  products(query: Float32Array, offset: number, quarter: number): Float32Array {
    this.view(0, this.#dimensions).set(query);
    this.#module.products(0, offset, quarter, this.#dimensions, this.#products);
    return this.view(this.#products, quarter * 4);
  }
}

function grow(memory: Products['memory'], pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}

/**
 * How far a product of `SimdMemory` may be from that of exact numbers, for two vectors of length 1: the bound of a sum in
 * floating point (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1), where a number goes
 * through `dimensions / 4` additions and no more than 6 other operations, and a tenth more for the vectors' own rounding.
 */
export function slackOf(dimensions: number): number {
  return 1.1 * (dimensions / 4 + 6) * 2 ** -24;
}
