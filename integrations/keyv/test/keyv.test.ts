import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { KeyvKeyValueStore } from '@mortise/keyv';
import Keyv from 'keyv';

it('S-01: names what an object lacks that is no Keyv', () => {
  expect(() => new KeyvKeyValueStore(new Map() as never)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringContaining('getMany(), setMany(), on()'),
    }),
  );
});

it('S-03: refuses a Keyv 5, which hides failures', () => {
  const keyv = Object.assign(new Keyv(), { throwOnErrors: false });
  expect(() => new KeyvKeyValueStore(keyv)).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.stringContaining('Keyv 6') }),
  );
});

it('S-03: says that an adapter cannot iterate, where Keyv would give nothing', async () => {
  const backend = new Map<string, unknown>();
  const adapter = {
    get: (key: string) => Promise.resolve(backend.get(key)),
    set: (key: string, value: unknown) => Promise.resolve(backend.set(key, value)),
    delete: (key: string) => Promise.resolve(backend.delete(key)),
    clear: () => Promise.resolve(backend.clear()),
  };
  const store = new KeyvKeyValueStore(new Keyv({ store: adapter as never }));
  await store.set('a', 1);
  expect(await store.get('a')).toBe(1);
  const all = async () => {
    for await (const _entry of store.iterate()) expect.unreachable();
  };
  await expect(all()).rejects.toMatchObject({ code: 'unsupported' });
});

it.each([
  [
    'with the command that failed',
    (password: string) =>
      Object.assign(new Error('WRONGPASS invalid username-password pair'), {
        code: 'WRONGPASS',
        command: { name: 'hello', args: ['3', 'AUTH', 'bob', password] },
      }),
    'WRONGPASS invalid username-password pair',
  ],
  [
    'in its message',
    (password: string) =>
      new Error(`ERR unknown command 'auth', with args beginning with: 'bob' '${password}' `),
    "ERR unknown command 'auth'",
  ],
])('C-09: what a client of Redis throws %s does not show the password', async (_how, thrown, reason) => {
  const password = ['hunter2', 'of', 'bob'].join('-');
  const adapter = {
    opts: {},
    get: () => Promise.reject(thrown(password)),
    set: () => Promise.reject(thrown(password)),
    delete: () => Promise.reject(thrown(password)),
    clear: () => Promise.resolve(),
    on: () => adapter,
  };
  const store = new KeyvKeyValueStore(new Keyv({ store: adapter as never }));
  for (const call of [store.get('a'), store.set('a', 1)]) {
    const error: unknown = await call.catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining(`failed: ${reason}.`) });
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(password);
  }
});

it('S-03: rejects for what it did not write, which is not a miss', async () => {
  const keyv = new Keyv();
  const store = new KeyvKeyValueStore(keyv);
  await store.set('a', 1);
  const { value: entry } = (await keyv.iterator().next()) as { value: [string, unknown] };
  await keyv.set(entry[0], { foreign: true });
  await expect(store.get('a')).rejects.toMatchObject({ code: 'internal' });
});

it('C-01: does not wait for a store that hangs once the call is aborted', async () => {
  const keyv = new Keyv();
  keyv.get = () => new Promise(() => undefined);
  const controller = new AbortController();
  const pending = new KeyvKeyValueStore(keyv).get('a', { signal: controller.signal });
  controller.abort('enough');
  await expect(pending).rejects.toBe('enough');
});
