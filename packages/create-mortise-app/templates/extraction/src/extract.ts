import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMortiseError, type KeyValueStore, type LLM } from '@mortise/core';
import { structured, withCache, withRateLimit } from '@mortise/toolkit';
import { Invoice } from './invoice.ts';

/** A text, and what was read from it or why nothing was. */
export type Row = { readonly file: string } & (Invoice | { readonly error: string });

const INSTRUCTIONS = 'Read this e-mail. Take over what stands there, and null for what does not.';

/** Reads every text of a folder, a few at a time, in the order of their names. A text that cannot be read ends nothing. */
export async function* extractAll(model: LLM, folder: string, store: KeyValueStore): AsyncGenerator<Row> {
  // What was asked before is not asked again; what is asked keeps to the limit.
  const llm = withCache(withRateLimit(model, { requestsPerMinute: 60, concurrency: 4 }), store);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.txt')).toSorted();
  const rows = files.map((file) => rowOf(llm, folder, file));
  for (const row of rows) yield await row;
}

async function rowOf(llm: LLM, folder: string, file: string): Promise<Row> {
  try {
    const text = await readFile(join(folder, file), 'utf8');
    const { value } = await structured(llm, Invoice, [
      { role: 'system', content: INSTRUCTIONS },
      { role: 'user', content: text },
    ]);
    return { file, ...value };
  } catch (error) {
    return { file, error: isMortiseError(error) ? `${error.code}: ${error.message}` : String(error) };
  }
}
