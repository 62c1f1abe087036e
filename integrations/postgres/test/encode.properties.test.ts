import { PostgresKeyValueStore, PostgresVectorStore, type PostgresClient } from '@mortise/postgres';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recorder, VECTORS } from './recorder.ts';

const text = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
/** Of few units, those that are encoded among them: so that one text is often a part of another. */
const near = fc.string({
  unit: fc.constantFrom('\0', '\u0001', '\u0002', 'a', '#', '\ud83d', '\ude00', '\uff5e'),
});
const any = fc.oneof(text, near);

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A text as the server gets it, where a filter compares with it. */
async function compared(one: string): Promise<string> {
  const { client, sent } = recorder(VECTORS);
  const store = new PostgresVectorStore({ client, dimensions: 2 });
  await store.delete({ filter: { key: 'the key', op: '>', value: one } });
  return sent[0]?.values[1] as string;
}

/** A key as it stands in the table. */
async function kept(key: string): Promise<string> {
  const { client, sent } = recorder('entries');
  await new PostgresKeyValueStore({ client }).delete(key);
  return sent[0]?.values[1] as string;
}

it('S-03: every key stands in the table as a text that Postgres holds, and comes back', async () => {
  await fc.assert(
    fc.asyncProperty(any, async (key) => {
      const encoded = await kept(key);
      expect([encoded.isWellFormed(), encoded.includes('\0')]).toEqual([true, false]);
      const row = { key: encoded, long_key: null, value: Uint8Array.of(49), json: true };
      const client: PostgresClient = {
        query: async (statement) => ({
          rows: statement.startsWith('SELECT version') ? [{ version: 1, about: 'entries' }] : [row],
        }),
      };
      const found: unknown[] = [];
      for await (const entry of new PostgresKeyValueStore({ client }).iterate()) found.push(entry);
      expect(found).toEqual([[key, 1]]);
    }),
  );
});

it('S-04: what is compared has the order of the texts by the collation C, and their parts', async () => {
  await fc.assert(
    fc.asyncProperty(any, any, async (a, b) => {
      fc.pre(a !== 'the key' && b !== 'the key');
      const [x, y] = [await compared(a), await compared(b)];
      expect(Math.sign(Buffer.compare(Buffer.from(x), Buffer.from(y)))).toBe(order(a, b));
      expect(x.includes(y)).toBe(a.includes(b));
    }),
  );
});

it('S-03: long keys fit into an index and stay apart', async () => {
  const long = '文'.repeat(5000);
  const keys = [long, `${long}x`, long.slice(1), long.slice(0, 100), '\u{1f600}'.repeat(2000)];
  const all = await Promise.all(keys.map(kept));
  expect(new Set(all).size).toBe(5);
  for (const key of all) expect(Buffer.byteLength(key)).toBeLessThan(1300);
});

it('S-03: usual ids stand in the table as they are', async () => {
  for (const id of ['docs/a.md#3', 'Grüße', '世界', "it's \\ 100%"]) expect(await kept(id)).toBe(id);
});
