import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_NAMES } from '@mortise/core/events';
import { expect, test } from 'vitest';
import { publishedPackages, root } from '../workspace.ts';

/** How sources name a span, where the name is written: `inSpan('x'`, and the specs of answers and of models' calls. */
const SPANS =
  /\b(?:inSpan|startSpan)\(\s*'([^']+)'|#(?:whole|streamHooks)\('([^']+)'|^ +name: '(query|synthesize|chat)',$/gm;
const POINTS = /\bemitPoint\(\s*'([^']+)'/g;

const sources = publishedPackages().flatMap(({ folder }) => {
  const src = join(root, folder, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(src, file), 'utf8'));
});

function namesBy(pattern: RegExp): string[] {
  const found = sources.flatMap((text) =>
    [...text.matchAll(pattern)].map((match) => match.slice(1).find(Boolean)!),
  );
  return [...new Set(found)].toSorted();
}

function listed(kind: 'span' | 'point'): string[] {
  return Object.entries(EVENT_NAMES)
    .flatMap(([name, of]) => (of === kind ? [name] : []))
    .toSorted();
}

test('every span that a package opens is in EVENT_NAMES, and the other way round', () => {
  expect(namesBy(SPANS)).toEqual(listed('span'));
});

test('every point that a package tells of is in EVENT_NAMES, and the other way round', () => {
  expect(namesBy(POINTS)).toEqual(listed('point'));
});

test('the guide says of every event what it holds', () => {
  const guide = readFileSync(join(root, 'docs/guides/events.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(new Set(rows)).toEqual(new Set(Object.keys(EVENT_NAMES)));
});
