import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portableSha256Hex, sha256Hex } from '@mortise/core/shared';

/** FIPS 180-4 examples, and the empty message of the NIST test vectors. */
const PUBLISHED = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
] as const;

const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((codes) => String.fromCharCode(...codes));

describe('sha256Hex', () => {
  it.each(PUBLISHED)(
    'M-06 gives the published digests, natively and in plain JavaScript (%#)',
    (text, digest) => {
      expect(sha256Hex(text)).toBe(digest);
      expect(portableSha256Hex(text)).toBe(digest);
    },
  );

  it('M-06 gives the same natively and in plain JavaScript, for texts and bytes of any length', () => {
    fc.assert(
      fc.property(fc.oneof(units, fc.uint8Array({ maxLength: 200 })), (input) => {
        expect(portableSha256Hex(input)).toBe(sha256Hex(input));
      }),
    );
    for (let length = 0; length < 130; length++) {
      const bytes = new Uint8Array(length).fill(0xa5);
      expect(portableSha256Hex(bytes)).toBe(sha256Hex(bytes));
    }
  });
});
