import { keyValueConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
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

/** Of a server that is empty; `isDown` is of one that is not there. */
export function wireRedis(
  functions: TestFunctions,
  connect: (isDown?: true) => { adapter: KeyvLike['store']; close: () => Promise<void> },
): ConformanceResults {
  let tries = 0;
  return keyValueConformance(functions, {
    name: 'keyv on redis',
    declares: ['persistence', 'iterate', 'failure', 'lock'],
    reasons: { 'compare-and-set': 'Keyv has no write on a condition.' },
    open() {
      const namespace = `try-${++tries}`;
      const connections: { close: () => Promise<void> }[] = [];
      const open = () => {
        const connection = connect();
        connections.push(connection);
        return new KeyvKeyValueStore(new Keyv({ store: connection.adapter, namespace }));
      };
      const close = () => Promise.all(connections.map((each) => each.close()));
      return { store: open(), reopen: open, close };
    },
    broken() {
      const { adapter, close } = connect(true);
      return { store: new KeyvKeyValueStore(new Keyv(adapter)), close };
    },
  });
}

export function wire(functions: TestFunctions): ConformanceResults[] {
  const results: ConformanceResults[] = [];
  for (const [name, create] of setups) {
    results.push(
      keyValueConformance(functions, {
        name,
        declares: ['persistence', 'iterate', 'failure'],
        reasons: {
          'compare-and-set': 'Keyv has no write on a condition.',
          lock: 'It is in memory; on the adapter of Redis it has one.',
        },
        open() {
          const backend = new Map<string, unknown>();
          const open = () => new KeyvKeyValueStore(create(backend));
          return { store: open(), reopen: open };
        },
        broken: () => ({ store: new KeyvKeyValueStore(create(down())) }),
      }),
    );
  }
  return results;
}
