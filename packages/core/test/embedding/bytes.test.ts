import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';

describe('bytes', () => {
  it('M-06: are little-endian Float32 and come back as they were, from any offset', () => {
    expect([...vectorToBytes(Float32Array.of(1, -2))]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    const values = fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1 });
    fc.assert(
      fc.property(values, fc.nat(3), (vector, offset) => {
        const shifted = new Uint8Array(vector.length * 4 + offset);
        shifted.set(vectorToBytes(vector), offset);
        const back = bytesToVector(shifted.subarray(offset))!;
        expect(back).toEqual(vector);
        shifted.fill(0xff);
        expect(back).toEqual(vector);
      }),
    );
  });

  it('M-06: are no vector when torn, empty, not finite or not bytes', () => {
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(5),
      new Uint8Array(8).fill(0xff),
      'AAAA',
      { a: 1 },
      null,
      1,
    ]) {
      expect(bytesToVector(bytes)).toBeUndefined();
    }
  });
});
