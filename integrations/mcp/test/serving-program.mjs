// Serves a tool over standard input and output.
import { serveMcp } from '@mortise/mcp';

const shout = {
  name: 'shout',
  description: 'Says it louder.',
  parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  execute: ({ text }) => text.toUpperCase(),
};
const { closed } = await serveMcp({ tools: [shout] }).stdio();
await closed;
process.exit(0);
