import { slowReadings } from '@mortise/conformance';
import * as keyv from '@mortise/keyv';
import { KeyvKeyValueStore } from '@mortise/keyv';
import Keyv from 'keyv';
import { describe, expect, it } from 'vitest';

async function allOf(store: KeyvKeyValueStore): Promise<number> {
  let count = 0;
  for await (const _ of store.iterate()) count += 1;
  return count;
}

/** The text in every place that this package reads. */
const READERS: { readonly [what: string]: (text: string) => Promise<unknown> } = {
  async 'a key, its namespace and its value'(text) {
    const store = new KeyvKeyValueStore(new Keyv());
    await store.set(text, text, { namespace: text });
    await store.setMany([[text, { [text]: [text] }]]);
    await store.getMany([text]);
    return [await store.get(text, { namespace: text }), await allOf(store)];
  },
  async 'bytes that another program has written'(text) {
    const other = new Keyv();
    const store = new KeyvKeyValueStore(other);
    await other.set('1:=:=a', `b${text}`);
    return [await store.get('a'), await allOf(store)];
  },
  async 'JSON that another program has written'(text) {
    const other = new Keyv();
    const store = new KeyvKeyValueStore(other);
    await other.set('1:=:=a', `j${JSON.stringify(text)}`);
    return [await store.get('a'), await allOf(store)];
  },
};

describe('C-13: takes time in proportion to the text, whatever comes again and again', () => {
  it.each(Object.entries(READERS))(
    'in %s',
    async (_, read) => {
      // It was read, and not missed.
      expect(await read('a'.repeat(64_000))).not.toContain(undefined);
      expect(await slowReadings(read, { tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it('through every class that the package exports', () => {
    expect(Object.keys(keyv)).toEqual(['KeyvKeyValueStore']);
  });
});
