import { expect, test } from 'vitest';
import { changesOf, notesPage, type Release } from '../release-notes.ts';

const changelog = `# @acme/llm

## 2.0.0

### Major Changes

- 1a2b3c4: Answers are streams. Before:

  \`\`\`ts
  # not a heading
  await ask();
  \`\`\`

### Patch Changes

- Cut streams are errors.
- Updated dependencies [1a2b3c4]
  - @acme/core@2.0.0

## 1.0.0

### Minor Changes

- The first.
`;

const release = (name: string, changes: Release['changes'], isNew = false): Release => ({
  name,
  version: '2.0.0',
  description: `What ${name} does`,
  isNew,
  changes,
});

test('the changes of a version are those of its section, without commits and without what others released', () => {
  expect(changesOf(changelog, '2.0.0')).toEqual([
    {
      bump: 'major',
      text: 'Answers are streams. Before:\n\n```ts\n# not a heading\nawait ask();\n```',
    },
    { bump: 'patch', text: 'Cut streams are errors.' },
  ]);
  expect(changesOf(changelog, '1.0.0')).toEqual([{ bump: 'minor', text: 'The first.' }]);
  expect(changesOf(changelog, '1.0')).toEqual([]);
});

test('a page says first what to change, then what is new, then what was mended, and has all versions', () => {
  const page = notesPage(
    [
      release('@acme/llm', changesOf(changelog, '2.0.0')),
      release('@acme/fresh', [{ bump: 'minor', text: 'The first.' }], true),
      release('@acme/core', [{ bump: 'minor', text: '# Loops\n\nIt loops.' }]),
      release('@acme/moved', []),
    ],
    'Release of 2026-11-30',
  );
  expect(page.match(/^#.*/gm)).toEqual([
    '# Release of 2026-11-30',
    '## What to change',
    '### @acme/llm 2.0.0',
    '# not a heading',
    '## New packages',
    '## What is new',
    '### @acme/core 2.0.0',
    '## What was mended',
    '### @acme/llm 2.0.0',
    '## All versions',
  ]);
  expect(page).toContain('- `@acme/fresh` 2.0.0: What @acme/fresh does\n');
  expect(page).toContain('**Loops**');
  expect(page).toContain('| `@acme/moved` | 2.0.0 |');
});

test('a page without changes to make has no such heading', () => {
  const page = notesPage([release('@acme/core', [{ bump: 'patch', text: 'Mended.' }])], 'Release');
  expect(page.match(/^## .*/gm)).toEqual(['## What was mended', '## All versions']);
});
