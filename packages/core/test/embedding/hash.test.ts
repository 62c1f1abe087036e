import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '@mortise/core/shared';

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

/** The digests in a process without `node:crypto`, as elsewhere than in Node. Bytes are given as lists of numbers. */
function portable(inputs: readonly (string | readonly number[])[]): string[] {
  const program = `
    const { readFileSync } = await import('node:fs');
    process.getBuiltinModule = undefined;
    const { sha256Hex } = await import(${JSON.stringify(import.meta.resolve('@mortise/core/shared'))});
    const inputs = JSON.parse(readFileSync(0, 'utf8'));
    const digests = inputs.map((input) => sha256Hex(typeof input === 'string' ? input : Uint8Array.from(input)));
    console.log(JSON.stringify(digests));
  `;
  const options = { input: JSON.stringify(inputs), cwd: import.meta.dirname };
  const flags = ['--no-warnings', '--conditions=mortise-source', '--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, flags, options).toString()) as string[];
}

describe('sha256Hex', () => {
  it('M-06: gives the published digests, natively and in plain JavaScript', () => {
    const digests = PUBLISHED.map(([, digest]) => digest);
    expect(PUBLISHED.map(([text]) => sha256Hex(text))).toEqual(digests);
    expect(portable(PUBLISHED.map(([text]) => text))).toEqual(digests);
  });

  it('M-06: gives the same natively and in plain JavaScript, for texts and bytes of any length', () => {
    const texts = fc.sample(units, 200);
    const bytes = [
      ...fc.sample(fc.uint8Array({ maxLength: 200 }), 200),
      ...Array.from({ length: 130 }, (_, length) => new Uint8Array(length).fill(0xa5)),
    ];
    const native = [...texts, ...bytes].map((input) => sha256Hex(input));
    expect(portable([...texts, ...bytes.map((each) => [...each])])).toEqual(native);
  });
});
