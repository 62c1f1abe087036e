import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MODULE_FILE, moduleBytes, moduleSource } from '../inner-products-module.ts';
import { root } from '../workspace.ts';

interface Compiler {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
interface Products {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  products(query: number, rows: number, quarter: number, length: number, out: number): void;
}

function instance(): Products {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Compiler };
  return new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports as Products;
}

test('the module that the memory store has is the one that is put together here, of less than 1,000 bytes', () => {
  expect(readFileSync(join(root, MODULE_FILE), 'utf8')).toBe(moduleSource());
  expect(moduleBytes().length).toBeLessThan(1000);
});

test('its products are those of exact numbers, for any dimensions and places, and it writes nothing else', () => {
  const { memory, products } = instance();
  memory.grow(1);
  const numbers = new Float32Array(memory.buffer);
  const size = { length: fc.integer({ min: 1, max: 41 }), quarter: fc.integer({ min: 0, max: 5 }) };
  const places = { seed: fc.integer({ min: 1, max: 2 ** 30 }), offset: fc.integer({ min: 0, max: 9 }) };
  fc.assert(
    fc.property(fc.record({ ...size, ...places }), ({ length, quarter, seed, offset }) => {
      let state = seed;
      for (let i = 0; i < 2000; i++)
        numbers[i] = (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
      const rows = offset + length;
      const out = rows + 4 * quarter * length;
      const expected = numbers.slice(0, 2000);
      for (let row = 0; row < 4 * quarter; row++) {
        let sum = 0;
        for (let i = 0; i < length; i++) sum += numbers[offset + i]! * numbers[rows + row * length + i]!;
        expected[out + row] = sum;
      }
      products(offset * 4, rows * 4, quarter, length, out * 4);
      const found = numbers.subarray(0, 2000);
      for (let row = 0; row < 4 * quarter; row++)
        expect(found[out + row]).toBeCloseTo(expected[out + row]!, 5);
      found.set(expected.subarray(out, out + 4 * quarter), out);
      expect(found).toEqual(expected);
    }),
  );
});
