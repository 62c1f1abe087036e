/** How many bytes 100,000 nodes with vectors of so many numbers take in `MemoryVectorStore`: `vector-memory.ts DIMENSIONS`. */
import { setTimeout } from 'node:timers/promises';
import { createTextNode } from '@mortise/core';
import { MemoryVectorStore } from '@mortise/rag';

const ROWS = 100_000;
const BATCH = 1_000;

/** Buffers are given back by a thread, some time after they were found to be garbage. */
async function countedBytes(): Promise<number> {
  for (let nth = 0; nth < 5; nth++) {
    globalThis.gc?.();
    await setTimeout(100);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The bytes that a store of so many dimensions adds to this process, its nodes included. */
async function stored(dimensions: number): Promise<number> {
  let state = 11;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
  const filled = async (rows: number): Promise<MemoryVectorStore> => {
    const store = new MemoryVectorStore();
    for (let from = 0; from < rows; from += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, at) => ({
        node: createTextNode({ id: `${from + at}`, text: `The text of node ${from + at}.` }),
        embedding: Float32Array.from({ length: dimensions }, next),
      }));
      await store.upsert(batch);
    }
    return store;
  };
  // Code and caches are there before; nothing of it is given back meanwhile.
  const warm = await filled(5 * BATCH);
  const before = await countedBytes();
  const store = await filled(ROWS);
  const bytes = (await countedBytes()) - before;
  if (store.size + warm.size !== ROWS + 5 * BATCH) throw new Error(`${store.size} rows are there`);
  return bytes;
}

console.log(await stored(Number(process.argv[2])));
