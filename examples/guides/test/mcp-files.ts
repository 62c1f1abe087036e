/** Serves two tools over standard input and output. */
import { serveMcp } from '@mortise/mcp';
import { tool } from '@mortise/toolkit';

const make = (name: string, text: string) =>
  tool({ name, description: name, parameters: { type: 'object' }, execute: () => text });
const { closed } = await serveMcp({ tools: [make('read', 'hello'), make('delete', 'deleted')] }).stdio();
await closed;
