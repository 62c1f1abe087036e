/** One call against `argv[2]`, in a process of its own: prints how it ended and how much memory it took. */
import { isMortiseError } from '@mortise/core';
import { ReferenceEmbedding } from '../reference/vectors.ts';
import { ReferenceLLM } from '../reference/adapter.ts';

const [, , url = '', method = 'chat'] = process.argv;
const settings = { retry: false as const, timeoutMs: 60_000 };
const llm = new ReferenceLLM({ url, settings });

const resident = (): number => process.memoryUsage.rss();
// What the first call loads is no part of what a reply takes.
await fetch(`${url}/warm`).then((response) => response.text());
const before = resident();
let most = before;
const watch = setInterval(() => (most = Math.max(most, resident())), 5);

const calls: Record<string, () => Promise<unknown>> = {
  chat: () => llm.chat('Hi'),
  stream: () => llm.streamChat('Hi').final(),
  embed: () => new ReferenceEmbedding({ url, settings }).embedText('Hi'),
};
const error: unknown = await calls[method]?.().then(
  () => 'it did not fail',
  (thrown: unknown) => thrown,
);
clearInterval(watch);
most = Math.max(most, resident());
const said = isMortiseError(error) ? { code: error.code, message: error.message } : { code: String(error) };
process.stdout.write(JSON.stringify({ ...said, megabytes: Math.round((most - before) / 2 ** 20) }));
