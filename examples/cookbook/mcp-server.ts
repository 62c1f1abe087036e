/**
 * A folder as a server of the Model Context Protocol. In the settings of an assistant: command `node`, arguments
 * `["mcp-server.ts", "/home/me/handbook"]`. Standard output is the protocol's: nothing else is written there.
 */
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { serveMcp } from '@mortise/mcp';
import { DirectoryReader, openIndex } from '@mortise/rag';
import { prompt, tool } from '@mortise/toolkit';
import { z } from 'zod';

const [directory = 'handbook'] = process.argv.slice(2);
const index = await openIndex({ embedding: new EnergeticAIEmbedding() }, { directory: '.index' });
await index.update(new DirectoryReader({ directory }));
console.error(`${index.size} documents`);

const volume = tool({
  name: 'volume',
  description: 'Cubic metres of so many boards, measured in millimetres.',
  parameters: z.object({ length: z.number(), width: z.number(), height: z.number(), boards: z.int().min(1) }),
  execute: ({ length, width, height, boards }) => ({ cubicMetres: (length * width * height * boards) / 1e9 }),
});

await serveMcp({
  name: 'handbook',
  about: 'of the handbook of our saw mill',
  retriever: index.retriever({ topK: 5 }), // the tool `search`
  tools: [volume],
  prompts: {
    offer: { template: prompt('Write an offer to {customer} for {wood}.'), description: 'An offer.' },
  },
}).stdio();
