import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { written } from './page.ts';

/** The formatter aligns the cells of tables. */
const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

test('the guide says what was proved: `node --conditions=mortise-source ai-sdk/page.ts` writes it', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/guides/ai-sdk.md'), 'utf8');
  expect(plain(text)).toBe(plain(written(text)));
});
