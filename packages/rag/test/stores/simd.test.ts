import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import type { VectorEntry } from '@mortise/core/store';
import { MemoryVectorStore } from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';

/*
 * More than a million numbers are kept where WebAssembly compares them, where the runtime has it; the others, and all of a
 * runtime without it, are compared by a loop. Both must find the same.
 */
const ENOUGH = 1_200_000;
/** One row of so many. */
const ALIKE = 5;

let state = 7;
const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;

/** Vectors of which a fifth are alike: multiples of one, zeros, and some that are further from it by less than a sum's error. */
function entriesOf(dimensions: number): VectorEntry[] {
  const repeated = Float32Array.from({ length: dimensions }, next);
  return Array.from({ length: Math.ceil(ENOUGH / dimensions) }, (_, row) => {
    const isAlike = row % ALIKE === 0;
    const noise = row % 2 === 0 ? 0 : 3e-4;
    const embedding = repeated.map((x) => (isAlike ? x * (row % 3) + next() * noise : next()));
    return {
      node: createTextNode({ id: `${row}`, text: '', metadata: { third: row % 3, rare: row % 997 === 0 } }),
      embedding,
    };
  });
}

async function filled(entries: readonly VectorEntry[]): Promise<MemoryVectorStore> {
  const store = new MemoryVectorStore();
  await store.upsert(entries);
  return store;
}

/** As in a runtime that has none, or one that forbids to compile it. */
async function withoutWebAssembly<T>(work: () => Promise<T>, replacement?: unknown): Promise<T> {
  vi.stubGlobal('WebAssembly', replacement);
  try {
    return await work();
  } finally {
    vi.unstubAllGlobals();
  }
}

afterEach(() => vi.unstubAllGlobals());

describe.each([384, 131])('MemoryVectorStore with and without WebAssembly, %i dimensions', (dimensions) => {
  const entries = entriesOf(dimensions);

  it('S-04: finds the same nodes, with the same scores, in the same order, equal ones included', async () => {
    let compiled = 0;
    const real = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } })
      .WebAssembly;
    class Counted extends real.Module {
      constructor(bytes: Uint8Array) {
        super(bytes);
        compiled += 1;
      }
    }
    const quick = await withoutWebAssembly(() => filled(entries), { ...instances(real), Module: Counted });
    const plain = await withoutWebAssembly(() => filled(entries));
    expect(compiled).toBe(1);
    for (const store of [quick, plain]) {
      await store.delete({ ids: entries.slice(100, 140).map(({ node }) => node.id) });
      // Replaced, and so many new that the memory grows again.
      await store.upsert([...entries.slice(0, 9), ...entries.map(renamed)].map(turned));
    }
    const filters = [
      undefined,
      { key: 'third', op: '==', value: 1 },
      { key: 'rare', op: '==', value: true },
    ] as const;
    const any = fc.integer({ min: 0, max: entries.length - 1 });
    const row = fc.oneof(
      any,
      any.map((at) => at - (at % ALIKE)),
    );
    const topK = fc.constantFrom(1, 10, 400);
    await fc.assert(
      fc.asyncProperty(
        row,
        topK,
        fc.constantFrom(...filters),
        fc.boolean(),
        async (at, most, filter, isMmr) => {
          const query = {
            mode: isMmr && most < 400 ? ('mmr' as const) : ('dense' as const),
            embedding: entries[at]!.embedding,
            topK: most,
            filter,
          };
          const [found, expected] = [await quick.query(query), await plain.query(query)];
          expect(found.map(({ node, score }) => [node.id, score])).toEqual(
            expected.map(({ node, score }) => [node.id, score]),
          );
          if (query.mode === 'dense')
            for (const { node, score } of found.slice(0, 20))
              expect(quick.similarityTo(query.embedding, node.id)).toBe(score);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('keeps the same in a file, and finds it there', async () => {
    const path = `${await temporaryFolder()}/store`;
    const store = await filled(entries);
    await store.save(path);
    const query = { embedding: entries[33]!.embedding, topK: 7 };
    const expected = await store.query(query);
    expect(await (await MemoryVectorStore.load(path)).query(query)).toEqual(expected);
    const plain = await withoutWebAssembly(() => MemoryVectorStore.load(path));
    expect(await plain.query(query)).toEqual(expected);
  });
});

describe('MemoryVectorStore in a runtime that has WebAssembly', () => {
  const entries = entriesOf(500);

  it.each([
    ['and forbids to compile it', { Module: refusing, Instance: refusing }],
    ['without room for its memory', { Module: class {}, Instance: withoutRoom }],
  ])('%s: keeps and finds everything by a loop', async (_, replacement) => {
    const store = await withoutWebAssembly(() => filled(entries), replacement);
    expect(store.size).toBe(entries.length);
    const [first] = await store.query({ embedding: entries[2_001]!.embedding, topK: 1 });
    expect(first?.node.id).toBe('2001');
  });

  it('an upsert that is refused at its last entry leaves what was there, and no trace of the others', async () => {
    const store = await filled(entries.slice(0, 2_200));
    const query = { embedding: entries[2_301]!.embedding, topK: 3 };
    const before = await store.query(query);
    const bad = { node: createTextNode({ id: 'bad', text: '' }), embedding: new Float32Array(500).fill(NaN) };
    await expect(store.upsert([...entries.slice(2_200), bad])).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(store.size).toBe(2_200);
    expect(await store.query(query)).toEqual(before);
    await store.upsert(entries.slice(2_300));
    expect((await store.query(query))[0]?.node.id).toBe('2301');
    expect(store.size).toBe(2_200 + entries.length - 2_300);
  });
});

const instances = (real: object) => ({ Instance: (real as { Instance: unknown }).Instance });
const renamed = ({ node, embedding }: VectorEntry): VectorEntry => ({
  node: { ...node, id: `new ${node.id}` },
  embedding,
});
const turned = ({ node, embedding }: VectorEntry): VectorEntry => ({
  node,
  embedding: embedding.toReversed(),
});

function refusing(): never {
  throw new EvalError('Wasm code generation disallowed by embedder');
}

function withoutRoom(): object {
  const grow = (): never => {
    throw new RangeError('failed to grow memory');
  };
  return { exports: { memory: { buffer: new ArrayBuffer(0), grow }, products: refusing } };
}
