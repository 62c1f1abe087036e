/**
 * 1,000,000 short texts through `embedStream`, 256 dimensions, cache off, against a server in its own process: resident
 * memory while it runs, and its peak. The vectors are checked as they come and kept nowhere.
 */
import { OpenAIEmbedding } from '@mortise/openai';
import { startServer } from './measure.ts';

const TEXTS = Number(process.argv[2] ?? 1_000_000);
const DIMENSIONS = 256;
/** The server's table repeats, so a text's vector is that of the text 97 before. */
const ROWS = 97;

const server = await startServer('embedding-server.ts');
const embedding = new OpenAIEmbedding({
  model: 'bench',
  dimensions: DIMENSIONS,
  apiKey: 'bench',
  baseURL: server.url,
});

function* texts(): Generator<string> {
  for (let n = 0; n < TEXTS; n++) yield `text-${n}`;
}

const firstNumbers: number[] = [];
let peakMB = 0;
let seen = 0;
const began = performance.now();
for await (const { index, embedding: vector } of embedding.embedStream(texts())) {
  if (index !== seen || vector.length !== DIMENSIONS) throw new Error(`Out of order at ${seen}.`);
  const expected = firstNumbers[seen % ROWS];
  if (expected === undefined) firstNumbers[seen] = vector[0] as number;
  else if (vector[0] !== expected) throw new Error(`A wrong vector at ${seen}.`);
  seen++;
  if (seen % 2000 === 0) peakMB = Math.max(peakMB, process.memoryUsage.rss() / 2 ** 20);
  if (seen % 100_000 === 0)
    console.log(`${seen} texts, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`);
}
server.stop();
if (seen !== TEXTS) throw new Error(`${seen} texts came back.`);
const seconds = (performance.now() - began) / 1000;
// The system's own count of the peak, in kilobytes.
const most = Math.max(peakMB, process.resourceUsage().maxRSS / 1024);
console.log(`${seen} texts in ${seconds.toFixed(1)} s; peak of resident memory ${most.toFixed(0)} MB`);
