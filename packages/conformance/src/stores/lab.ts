import type { KeyValueOptions, KeyValueStore, StoreEntry, StoreValue } from '@mortise/core/store';
import type { CaseContext } from '../frame/case.ts';
import type { KeyValueSubject, OpenKeyValueStore } from './subject.ts';

/** Names that a backend may take for something else: separators, paths, prototypes, other encodings of one text. */
export const AWKWARD_NAMES: readonly string[] = [
  '',
  'a',
  'A',
  'a:',
  ':a',
  '1:a',
  'a::b',
  'a/b',
  '../a',
  '.',
  'nul',
  'a b',
  'a\u0000',
  'a\n',
  '"a"',
  "a'--",
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  '😀',
  '\ud83d',
  '\ude00',
  '\ufffd',
  'x'.repeat(2000),
];

export const VALUES: readonly StoreValue[] = [
  new Uint8Array(),
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
  Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) % 251),
  null,
  '',
  0,
  -0.5,
  false,
  [],
  {},
  'YWJj',
  'text with \u0000, \ud83d and 😀',
  { type: 'Buffer', data: [1, 2] },
  { ':base64:': 'AA==', nested: [{ deep: [null, true, 1e300] }] },
  JSON.parse('{"__proto__":{"polluted":true}}') as StoreValue,
];

export async function opened(context: CaseContext<KeyValueSubject>): Promise<OpenKeyValueStore> {
  const open = await context.subject.open();
  context.after(() => open.close?.());
  return open;
}

export async function entriesOf(store: KeyValueStore, options?: KeyValueOptions): Promise<StoreEntry[]> {
  const entries: StoreEntry[] = [];
  for await (const entry of store.iterate(options)) entries.push(entry);
  return entries;
}
