import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { SqliteKeyValueStore } from '@mortise/stores';
import { withEmbeddingCache } from '@mortise/toolkit';
import { HELP, parseArguments, type Settings } from './arguments.ts';
import { readCollection } from './collection.ts';
import { evaluate } from './evaluate.ts';
import { describeFailure, EvaluateError } from './failure.ts';
import { pageReport } from './page.ts';
import { progress } from './progress.ts';
import { jsonReport, markdownReport } from './report.ts';

/** What a shell reports for a program that ctrl-C ended. */
const INTERRUPTED = 130;

// At once: every batch is in the cache as soon as it is embedded, so the next run goes on from there.
process.on('SIGINT', () => {
  process.stderr.write('\nstopped; what was embedded is kept\n');
  process.exit(INTERRUPTED);
});

try {
  const settings = parseArguments(process.argv.slice(2));
  if (settings === undefined) process.stdout.write(HELP);
  else await run(settings);
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}

async function run({ collection: folder, json, page, cache }: Settings): Promise<void> {
  const collection = await readCollection(folder);
  mkdirSync(dirname(cache), { recursive: true });
  const store = new SqliteKeyValueStore({ path: cache });
  try {
    const embedding = withEmbeddingCache(new EnergeticAIEmbedding(), store);
    const evaluation = await evaluate(collection, embedding, progress);
    process.stdout.write(markdownReport(collection, evaluation));
    await write(json, jsonReport(collection, evaluation), '--json');
    if (page !== undefined) await write(page, await pageReport(collection, evaluation), '--page');
  } finally {
    store.close();
  }
}

async function write(file: string, text: string, option: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new EvaluateError(`${file} cannot be written`, `Name another by ${option}.`, { cause });
  }
}
