/**
 * Typed data out of many texts: `node extract-many.ts mails > tickets.jsonl`. Run again, it pays for what is new.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenAILLM } from '@mortise/openai';
import { SqliteKeyValueStore } from '@mortise/stores';
import { createBudget, createRateLimiter, structured, withBudget, withCache } from '@mortise/toolkit';
import { z } from 'zod';

const Ticket = z.object({
  product: z.string().describe('What it is about, in one word.'),
  urgency: z.enum(['low', 'high']),
  deadline: z.iso.date().nullable().describe('Until when, if it says so.'),
});

const [directory = 'mails'] = process.argv.slice(2);
const WORKERS = 16;

// The limits of your account. With `createAdaptiveLimiter()` they are found out.
const limiter = createRateLimiter({ requestsPerMinute: 6_000, tokensPerMinute: 2_000_000 });
const model = new OpenAILLM({ model: 'gpt-5.4-mini', baseURL: process.env['OPENAI_BASE_URL'], limiter });
const cache = new SqliteKeyValueStore({ path: 'replies.sqlite' });
// The budget stands inside the cache: what was kept costs nothing.
const budget = createBudget({ maxTokens: 5_000_000 });
const llm = withCache(withBudget(model, budget), cache);

const names = (await readdir(directory)).toSorted();
const waiting = names.values();
const failed: string[] = [];
let done = 0;

async function work(): Promise<void> {
  for (const name of waiting) {
    try {
      const mail = await readFile(join(directory, name), 'utf8');
      const { value } = await structured(llm, Ticket, `Sort this mail.\n\n${mail}`, {
        temperature: 0,
        maxOutputTokens: 200,
      });
      process.stdout.write(`${JSON.stringify({ name, ...value })}\n`);
    } catch (error) {
      failed.push(`${name}: ${(error as Error).message}`); // one mail is not worth all the others
    }
    if (++done % 50 === 0) console.error(`${done} of ${names.length}`);
  }
}

await Promise.all(Array.from({ length: WORKERS }, work));
console.error(`${done - failed.length} sorted for ${budget.spent} tokens`);
for (const line of failed) console.error(line);
cache.close();
process.exitCode = failed.length > 0 ? 1 : 0;
