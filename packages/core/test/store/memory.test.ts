import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  MemoryKeyValueStore,
  requireKeyValueStore,
  type KeyValueOptions,
  type KeyValueStore,
  type StoreEntry,
  type StoreValue,
} from '@mortise/core/store';

const value: fc.Arbitrary<StoreValue> = fc.oneof(
  fc.uint8Array(),
  fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json)) as StoreValue),
);

async function entriesOf(store: KeyValueStore, options?: KeyValueOptions) {
  const entries: StoreEntry[] = [];
  for await (const entry of store.iterate(options)) entries.push(entry);
  return entries;
}

afterEach(() => void vi.useRealTimers());

describe('MemoryKeyValueStore', () => {
  it('S-03: gives what was set, byte for byte, whatever the key, namespace and value', async () => {
    const entry = fc.record({
      namespace: fc.constantFrom('', 'a', '1:a', 'a:'),
      key: fc.constantFrom('', 'a', ':a', '1:a:', '__proto__'),
      value,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 20 }), async (entries) => {
        const store = new MemoryKeyValueStore();
        const model = new Map<string, StoreValue>();
        for (const { namespace, key, value } of entries) {
          await store.set(key, value, { namespace });
          model.set(JSON.stringify([namespace, key]), value);
        }
        for (const { namespace, key } of entries) {
          const expected = model.get(JSON.stringify([namespace, key]));
          expect(await store.get(key, { namespace })).toEqual(expected);
        }
        for (const namespace of ['', 'a', '1:a', 'a:', 'other']) {
          const found = await entriesOf(store, { namespace });
          const expected = [...model].filter(([id]) => (JSON.parse(id) as string[])[0] === namespace);
          const byKey = new Map(expected.map(([id, held]) => [(JSON.parse(id) as string[])[1], held]));
          expect(new Map(found)).toEqual(byKey);
        }
      }),
    );
  });

  it('S-03: is not changed by what happens to the values given and got', async () => {
    const store = new MemoryKeyValueStore();
    const [bytes, json] = [Uint8Array.of(1, 2), { list: [1] }];
    await store.setMany([
      ['bytes', bytes],
      ['json', json],
    ]);
    bytes[0] = 9;
    json.list.push(2);
    const [first, second] = (await store.getMany(['bytes', 'json'])) as [Uint8Array, { list: number[] }];
    first[1] = 9;
    second.list.push(3);
    expect(await store.getMany(['json', 'none', 'bytes'])).toEqual([
      { list: [1] },
      undefined,
      Uint8Array.of(1, 2),
    ]);
  });

  it('S-03: tells null from a miss, and deletes', async () => {
    const store = new MemoryKeyValueStore();
    await store.set('null', null);
    expect(await store.getMany(['null', 'none'])).toEqual([null, undefined]);
    await store.delete('null');
    await store.delete('none');
    expect(await store.get('null')).toBeUndefined();
    expect(store.bytes).toBe(0);
  });

  it('S-03: is a miss once the ttl has run out', async () => {
    vi.useFakeTimers();
    const store = new MemoryKeyValueStore();
    await store.set('short', 1, { ttlMs: 50 });
    await store.set('long', 2);
    vi.advanceTimersByTime(49);
    expect(await store.getMany(['short', 'long'])).toEqual([1, 2]);
    vi.advanceTimersByTime(1);
    expect(await entriesOf(store)).toEqual([['long', 2]]);
    expect(await store.getMany(['short', 'long'])).toEqual([undefined, 2]);
    await expect(store.set('a', 1, { ttlMs: 0 })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('makes room by the least recently used entry, and never holds more than its bytes', async () => {
    const one = new Uint8Array(100);
    const store = new MemoryKeyValueStore({ maxBytes: 350 });
    for (const key of ['a', 'b', 'c']) await store.set(key, one);
    await store.get('a');
    await store.set('d', one, { namespace: 'n' });
    expect((await store.getMany(['a', 'b', 'c'])).map((held) => held !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(store.bytes).toBeLessThanOrEqual(350);
    await expect(store.set('big', new Uint8Array(351))).rejects.toMatchObject({ code: 'invalid-request' });
    expect((await store.getMany(['a', 'c'])).every((held) => held !== undefined)).toBe(true);
    await store.set('a', new Uint8Array(1));
    expect(store.bytes).toBeLessThan(250);
    expect(() => new MemoryKeyValueStore({ maxBytes: 0 })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it("C-01: rejects with exactly the caller's reason", async () => {
    const store = new MemoryKeyValueStore();
    const options = { signal: AbortSignal.abort('enough') };
    await expect(store.get('a', options)).rejects.toBe('enough');
    await expect(store.set('a', 1, options)).rejects.toBe('enough');
    await expect(store.getMany([], options)).rejects.toBe('enough');
    await expect(store.setMany([], options)).rejects.toBe('enough');
    await expect(store.delete('a', options)).rejects.toBe('enough');
  });

  it('S-01: has every member of the contract, and a store that lacks one is named', () => {
    const store = new MemoryKeyValueStore();
    expect(requireKeyValueStore(store, 'cache')).toBe(store);
    const half = { get: store.get } as unknown as KeyValueStore;
    expect(() => requireKeyValueStore(half, 'cache')).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('set(), delete(), getMany()'),
      }),
    );
  });
});
