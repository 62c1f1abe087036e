import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isMortiseError, MortiseError } from '@mortise/core';
import { checkVector, similarity, vectorToBytes } from '@mortise/core/embedding';
import { BaseRetriever, createTextNode } from '@mortise/core/retriever';
import {
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  createWhenFree,
  FILTER_OPERATORS,
  matchesFilter,
  storeFailure,
  type MetadataFilter,
} from '@mortise/core/store';

class Finds extends BaseRetriever {
  override readonly supportsFilters = true;

  async doRetrieve() {
    return [];
  }
}

const support = { modes: ['dense'], operators: FILTER_OPERATORS } as const;
const refused = expect.objectContaining({ code: 'invalid-request' });

describe('what is no vector', () => {
  // eslint-disable-next-line no-sparse-arrays
  const holes = [1, , 0];
  const cases: [string, unknown][] = [
    ['a list', [1, 0, 0, 0]],
    ['a list with holes', holes],
    ['a list of texts', ['1', '0']],
    ['no numbers', []],
    ['an empty one', new Float32Array()],
    ['NaN in it', Float32Array.of(1, NaN)],
    ['Infinity in it', Float32Array.of(1, -Infinity)],
    ['a number above 32 bits', Float32Array.of(1e39)],
    ['Float64Array', Float64Array.of(1, 0)],
    ['Int8Array', Int8Array.of(1, 0)],
    ['bytes', Uint8Array.of(0, 0, 128, 63)],
    ['BigInt64Array', BigInt64Array.of(1n)],
    ['a DataView', new DataView(new ArrayBuffer(8))],
    ['a buffer', new ArrayBuffer(8)],
    ['its prototype alone', Object.create(Float32Array.prototype)],
    ['a tag alone', { [Symbol.toStringTag]: 'Float32Array', length: 1, 0: 1 }],
    ['an object', { 0: 1, length: 1 }],
    ['a text', '1,0'],
    ['a number', 1],
    ['null', null],
    ['undefined', undefined],
  ];

  it.each(cases)('S-04: %s is refused by every check', (_name, value) => {
    const embedding = value as Float32Array;
    const node = createTextNode({ id: 'a', text: '' });
    expect(() => checkVector(value, 'It')).toThrow(refused);
    expect(() => vectorToBytes(embedding)).toThrow(refused);
    expect(() => checkVectorEntries([{ node, embedding }], undefined)).toThrow(refused);
    expect(() => checkVectorQuery({ topK: 1, embedding }, support)).toThrow(refused);
  });

  it('S-04: a vector of another realm is one', () => {
    const vector = runInNewContext('Float32Array.of(1, 2)') as Float32Array;
    expect(vector instanceof Float32Array).toBe(false);
    expect(() => checkVector(vector, 'It')).not.toThrow();
    expect(vectorToBytes(vector)).toEqual(vectorToBytes(Float32Array.of(1, 2)));
  });

  it('says how a list becomes one, and does not for numbers that stand for others', () => {
    expect(() => checkVector([1], 'The embedding')).toThrow(
      'The embedding is a list. A vector is a Float32Array: make one by Float32Array.from(numbers).',
    );
    expect(() => checkVector(Int8Array.of(1), 'It')).toThrow(
      /^It is of type Int8Array\. .*as an embedding model/,
    );
  });

  it('M-08: what has no length is like nothing', () => {
    const view = new DataView(new ArrayBuffer(8)) as never;
    expect(() => similarity(view, view)).toThrow(refused);
  });

  it('S-04: an entry without a node, and sparse weights that do not fit, are refused', () => {
    const embedding = Float32Array.of(1);
    const node = createTextNode({ id: 'a', text: '' });
    for (const entry of [{ embedding }, { node: null, embedding }, { node: {}, embedding }])
      expect(() => checkVectorEntries([entry as never], 1)).toThrow(refused);
    for (const sparse of [
      { indices: [1], values: [] },
      { indices: [-1], values: [1] },
      { indices: [0.5], values: [1] },
      { indices: [1], values: [NaN] },
      {},
    ])
      expect(() => checkVectorEntries([{ node, embedding, sparse: sparse as never }], 1)).toThrow(refused);
  });
});

describe('what is no filter', () => {
  const one = { key: 'k', op: '==', value: 1 } as const;
  const nested = (levels: number): MetadataFilter => {
    let filter: MetadataFilter = one;
    for (let at = 0; at < levels; at++) filter = at % 2 === 0 ? { not: filter } : { and: [filter] };
    return filter;
  };
  const cyclic = { and: [] as MetadataFilter[] };
  cyclic.and.push(cyclic);
  const doubled = Array.from({ length: 40 }).reduce<MetadataFilter>((f) => ({ or: [f, f] }), one);
  const cases: [string, unknown][] = [
    ['null', null],
    ['a text', 'k == 1'],
    ['a list', [one]],
    ['nothing', {}],
    ['an `and` that is no list', { and: one }],
    ['a hole in a list', { and: [undefined] }],
    ['a `not` of nothing', { not: undefined }],
    ['two groups at once', { and: [one], or: [one] }],
    ['a group and a condition', { and: [one], ...one }],
    ['a BigInt', { key: 'k', op: '==', value: 1n }],
    ['a key that is none', { key: 1n, op: '==', value: 1 }],
    ['20,000 levels', nested(20_000)],
    ['101 levels', nested(101)],
    ['itself within itself', cyclic],
    ['2^40 parts of a few objects', doubled],
  ];

  it.each(cases)('S-04: %s is refused, typed, by a store and by a retriever', async (_name, value) => {
    const filters = value as MetadataFilter;
    expect(() => checkFilter(filters, FILTER_OPERATORS)).toThrow(refused);
    await expect(new Finds().retrieve('q', { filters })).rejects.toEqual(refused);
  });

  it('S-04: 100 levels are a filter', () => {
    expect(() => checkFilter(nested(100), FILTER_OPERATORS)).not.toThrow();
    expect(matchesFilter({ k: 1 }, nested(100))).toBe(true);
    expect(() => matchesFilter({ k: 1 }, nested(20_000))).toThrow(refused);
  });

  it('S-04: an operator with a colon may be somebody’s, one without is nobody’s', async () => {
    const by = (op: string) => ({ key: 'k', op, value: 1 }) as MetadataFilter;
    expect(await new Finds().retrieve('q', { filters: by('acme:near') })).toEqual([]);
    const filters = { and: [{ not: by('=') }] };
    await expect(new Finds().retrieve('q', { filters })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('failures of a store', () => {
  const sqlite = (errcode: number) =>
    Object.assign(new Error('sqlite'), { code: 'ERR_SQLITE_ERROR', errcode });
  const system = (code: string) => Object.assign(new Error('system'), { code });

  it.each([
    [sqlite(5), 'overloaded'],
    [sqlite(517), 'overloaded'],
    [sqlite(6), 'overloaded'],
    [sqlite(15), 'overloaded'],
    [sqlite(3), 'permission'],
    [sqlite(8), 'permission'],
    [sqlite(1544), 'permission'],
    [sqlite(11), 'validation'],
    [sqlite(13), 'quota'],
    [sqlite(14), 'not-found'],
    [sqlite(18), 'invalid-request'],
    [sqlite(26), 'configuration'],
    [sqlite(10), 'internal'],
    [system('EACCES'), 'permission'],
    [system('EROFS'), 'permission'],
    [system('ENOENT'), 'not-found'],
    [system('ENOSPC'), 'quota'],
    [system('EMFILE'), 'overloaded'],
    [system('ENOTDIR'), 'configuration'],
    [system('constructor'), 'internal'],
    [new Error('any'), 'internal'],
    ['a text', 'internal'],
    [undefined, 'internal'],
  ] as const)('S-03: %o is %s', (cause, code) => {
    const error = storeFailure('/a/place', 'read', cause);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/^The store \/a\/place could not be read: /),
    });
    expect(error.cause).toBe(cause);
    expect(error.retryable).toBe(code === 'overloaded');
  });

  it('leaves what is ours as it is', () => {
    const error = new MortiseError('validation', 'x');
    expect(storeFailure('p', 'read', error)).toBe(error);
    expect(isMortiseError(storeFailure('p', 'read', 1))).toBe(true);
  });

  it('waits for a lock, and for no other failure', async () => {
    const once = (failure: unknown) => {
      let tries = 0;
      return createWhenFree()(() => {
        if (tries++ === 0) throw failure;
        return 'done';
      }).catch((error: unknown) => ({ error }));
    };
    for (const code of [5, 6, 15, 517]) expect(await once(sqlite(code))).toBe('done');
    for (const error of [sqlite(8), system('EBUSY'), undefined]) expect(await once(error)).toEqual({ error });
  });

  it('S-03: waits for a lock in turns of the event loop, and in the order of the calls', async () => {
    const whenFree = createWhenFree();
    let busy = 3;
    const done: string[] = [];
    const first = whenFree(() => {
      if (busy-- > 0) throw sqlite(5);
      done.push('first');
    });
    const second = whenFree(() => void done.push('second'));
    expect(done).toEqual([]);
    await Promise.all([first, second]);
    expect(done).toEqual(['first', 'second']);
    const third = whenFree(() => void done.push('third'));
    expect(done).toContain('third');
    await third;
  });

  it('C-01: ends the wait with the reason of the signal, also behind another', async () => {
    const whenFree = createWhenFree(150);
    const locked = () => {
      throw sqlite(5);
    };
    const held = whenFree(locked);
    const controller = new AbortController();
    const waiting = whenFree(locked, { signal: controller.signal });
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(held).rejects.toMatchObject({ errcode: 5 });
    expect(await whenFree(() => 1)).toBe(1);
  });

  it('C-04: gives up after its time, and at once for anything else', async () => {
    let tries = 0;
    const start = performance.now();
    const whenFree = createWhenFree(80);
    await expect(
      whenFree(() => {
        tries++;
        throw sqlite(5);
      }),
    ).rejects.toMatchObject({ errcode: 5 });
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(tries).toBeGreaterThan(1);
    tries = 0;
    const broken = () => {
      tries++;
      throw sqlite(11);
    };
    await expect(whenFree(broken)).rejects.toMatchObject({ errcode: 11 });
    expect(tries).toBe(1);
  });
});
