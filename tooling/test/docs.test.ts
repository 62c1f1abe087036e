import { describe, expect, test } from 'vitest';
import { checkDocs, embedFiles } from '../docs.ts';
import { documents, root } from '../workspace.ts';

test('programs in the docs stand there as they run, and links lead somewhere', () => {
  expect(checkDocs(root, documents())).toEqual([]);
});

describe('the check itself', () => {
  test('puts a file into its block, and touches nothing else', () => {
    const text = 'before\n\n<!-- file: a.ts -->\n\n```ts\nold\n```\n\nafter\n\n```ts\nmine\n```\n';
    expect(embedFiles(text, (path) => `// ${path}\n`)).toBe(text.replace('old', '// a.ts'));
  });
});
