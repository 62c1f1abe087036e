import { expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { runAtOnce } from '@mortise/core/call';
import { createDocument, createTextNode, nodeHash, nodeHashSteps } from '@mortise/core/retriever';

const piece = fc.constantFrom('a', '"', '\\', '\n', 'é', '😀', '\ud800', '\udc00');
// Longer than a step of 262,144, and cut at any kind of character.
const longText = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 7 }), fc.nat(9))
  .map(([pieces, shift]) => 'x'.repeat(shift) + pieces.join('').repeat(90_000));

it('D-02: the hash in steps is the hash, for texts of any length', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), longText), fc.boolean(), (text, isPlain) => {
      const node = isPlain
        ? createTextNode({ id: 'a', text })
        : createDocument({
            id: 'a',
            text,
            metadata: { b: 1 },
            excludedLlmMetadataKeys: ['b'],
            textTemplate: '{text}',
          });
      expect(runAtOnce(nodeHashSteps(node))).toBe(nodeHash(node));
    }),
    { numRuns: 40 },
  );
});

it('C-13: a long text takes several steps', () => {
  const steps = nodeHashSteps(createDocument({ id: 'a', text: 'x'.repeat(2_000_000) }));
  let count = 0;
  for (let step = steps.next(); step.done !== true; step = steps.next()) count += 1;
  expect(count).toBeGreaterThan(6);
});

it('D-02: is the same where there is no node:crypto', async () => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
  vi.resetModules();
  const { nodeHashSteps: steps, nodeHash: whole } = await import('@mortise/core/retriever');
  vi.restoreAllMocks();
  const node = createDocument({ id: 'a', text: 'é"'.repeat(200_000) });
  expect(runAtOnce(steps(node))).toBe(nodeHash(node));
  expect(whole(node)).toBe(nodeHash(node));
});
