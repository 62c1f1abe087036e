/** Runs the cases that its parent names, one at a time, for one contender: `child.ts CONTENDER`. */
import { openAIChatCompletions, runCase } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import { counted } from './cases.ts';
import { contenders } from './contenders.ts';
import { metadata } from './peer.ts';
import { OUT_OF_MEMORY, type Outcome } from './pool.ts';

/** Buffers stand outside the heap that `--max-old-space-size` bounds. */
const MOST_BYTES = 1.5 * 2 ** 30;

const contender = contenders.find(({ name }) => name === process.argv[2]);
if (contender !== undefined) {
  const create = await contender.load();
  // Peers leave rejections behind that nobody handles.
  process.on('unhandledRejection', () => undefined);
  process.on('disconnect', () => process.exit(0));
  setInterval(() => {
    if (process.memoryUsage.rss() > MOST_BYTES) process.exit(OUT_OF_MEMORY);
  }, 100);
  process.on('message', (id: string) => {
    const testCase = counted.find((each) => each.id === id);
    if (testCase === undefined) throw new Error(`There is no case ${id}.`);
    const subject = { create, dialect: openAIChatCompletions, declares: metadata.capabilities };
    runCase(testCase, subject).then(
      () => process.send?.({ id } satisfies Outcome),
      (error: unknown) => process.send?.({ id, why: whyOf(error) } satisfies Outcome),
    );
  });
  process.send?.('ready');
}

function whyOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return isMortiseError(error) ? `it threw ${error.code} (${said})` : said;
}
