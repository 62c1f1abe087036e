/**
 * What 100,000 vectors of 384 dimensions weigh in `MemoryVectorStore`, beside the bytes of their 32-bit floats. A process
 * stores nodes with such vectors, another the same nodes with vectors of one number, so that their difference is the
 * vectors' alone: of what V8 counts as its heap and as external memory, where the memory of WebAssembly is, before and
 * after, when all garbage was collected. The median of `ROUNDS` (5) pairs; at most 1.15.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { createTextNode } from '@mortise/core';
import { MemoryVectorStore } from '@mortise/rag';
import { median } from './measure.ts';

const ROWS = 100_000;
const DIMENSIONS = 384;
const BATCH = 1_000;
const LIMIT = 1.15;

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

/** The bytes that a vector takes for each byte of its numbers. */
export function weightOfVectors(rounds: number): number {
  const bytesIn = (dimensions: number): number => {
    const program = [...process.execArgv, new URL(import.meta.url).pathname, String(dimensions)];
    return Number(execFileSync(process.execPath, program, { encoding: 'utf8' }));
  };
  // The one number of the others is theirs.
  const numbers = ROWS * (DIMENSIONS - 1) * 4;
  return median(Array.from({ length: rounds }, () => (bytesIn(DIMENSIONS) - bytesIn(1)) / numbers));
}

const [, , dimensions] = process.argv;
if (import.meta.main && dimensions !== undefined) {
  console.log(await stored(Number(dimensions)));
} else if (import.meta.main) {
  const weight = weightOfVectors(Number(process.env['ROUNDS'] ?? 5));
  const verdict = weight <= LIMIT ? 'kept' : 'MISSED';
  console.log(`a vector in memory to its 32-bit floats: ${weight.toFixed(3)}, limit ${LIMIT}: ${verdict}`);
  if (weight > LIMIT) process.exitCode = 1;
}
