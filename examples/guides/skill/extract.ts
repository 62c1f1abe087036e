import { isMortiseError, type KeyValueStore, type LLM } from '@mortise/core';
import { structured, withCache, withRateLimit } from '@mortise/toolkit';
import { z } from 'zod';

export const Invoice = z.object({
  number: z.string().nullable().describe('As it stands there'),
  amount: z.number().describe('In EUR'),
});

/** Typed data from each text; `undefined` where the model gave none that fits, after one repair. */
export async function invoices(model: LLM, texts: readonly string[], store: KeyValueStore) {
  const llm = withCache(withRateLimit(model, { requestsPerMinute: 60, concurrency: 4 }), store);
  const read = async (text: string): Promise<z.infer<typeof Invoice> | undefined> => {
    try {
      return (await structured(llm, Invoice, `Read this invoice:\n\n${text}`)).value;
    } catch (error) {
      // No JSON, or JSON that does not fit. What is about the service (a limit, a key) is thrown.
      if (isMortiseError(error, 'parse') || isMortiseError(error, 'validation')) return undefined;
      throw error;
    }
  };
  return Promise.all(texts.map(read)); // the limiter says how many at once
}
