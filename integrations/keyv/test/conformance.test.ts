import { describe, expect, it } from 'vitest';
import { keyValueConformance } from '@mortise/conformance';
import { KeyvKeyValueStore, type KeyvLike } from '@mortise/keyv';
import Keyv from 'keyv';

/** An adapter that fails at everything, as one does whose service is down. */
function down(): Map<string, unknown> {
  const fail = (): never => {
    throw new Error('connect ECONNREFUSED 127.0.0.1:6379');
  };
  return new Proxy(new Map<string, unknown>(), {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? fail : member;
    },
  });
}

const setups: [string, (backend: Map<string, unknown>) => KeyvLike][] = [
  ['keyv', (backend) => new Keyv(backend)],
  ['keyv with a namespace', (backend) => new Keyv({ store: backend, namespace: 'mine' })],
  ['keyv without serialization', (backend) => new Keyv({ store: backend, serialization: false })],
];

for (const [name, create] of setups) {
  keyValueConformance(
    { describe, it },
    {
      name,
      declares: ['persistence', 'iterate', 'failure'],
      open() {
        const backend = new Map<string, unknown>();
        const open = () => new KeyvKeyValueStore(create(backend));
        return { store: open(), reopen: open };
      },
      broken: () => ({ store: new KeyvKeyValueStore(create(down())) }),
    },
  );
}

it('S-01 names what an object lacks that is no Keyv', () => {
  expect(() => new KeyvKeyValueStore(new Map() as never)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringContaining('getMany(), setMany(), on()'),
    }),
  );
});

it('S-03 refuses a Keyv 5, which hides failures', () => {
  const keyv = Object.assign(new Keyv(), { throwOnErrors: false });
  expect(() => new KeyvKeyValueStore(keyv)).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.stringContaining('Keyv 6') }),
  );
});

it('S-03 says that an adapter cannot iterate, where Keyv would give nothing', async () => {
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

it('S-03 rejects for what it did not write, which is no miss', async () => {
  const keyv = new Keyv();
  const store = new KeyvKeyValueStore(keyv);
  await store.set('a', 1);
  const { value: entry } = (await keyv.iterator().next()) as { value: [string, unknown] };
  await keyv.set(entry[0], { foreign: true });
  await expect(store.get('a')).rejects.toMatchObject({ code: 'internal' });
});

it('C-01 does not wait for a store that hangs once the call is aborted', async () => {
  const keyv = new Keyv();
  keyv.get = () => new Promise(() => undefined);
  const controller = new AbortController();
  const pending = new KeyvKeyValueStore(keyv).get('a', { signal: controller.signal });
  controller.abort('enough');
  await expect(pending).rejects.toBe('enough');
});
