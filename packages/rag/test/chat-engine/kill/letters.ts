/** Says one thing after the other to a model that sends two letters for each, and goes on with what a kill left. Prints how many are answered. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { toolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { createToolsChatEngine } from '@mortise/rag';
import { SqliteKeyValueStore } from '@mortise/stores';
import { tool } from '@mortise/toolkit';

const [folder = ''] = process.argv.slice(2);
const letters = join(folder, 'letters.txt');
const mail = tool({
  name: 'mail',
  description: 'Sends a letter, once for each key.',
  parameters: { type: 'object' },
  async execute(_args, { idempotencyKey }) {
    await setTimeout(Math.random() * 4);
    const sent = existsSync(letters) ? readFileSync(letters, 'utf8').split('\n') : [];
    if (!sent.includes(idempotencyKey)) appendFileSync(letters, `${idempotencyKey}\n`);
    return 'sent';
  },
});
const llm = new ScriptedLLM({
  replies: async ({ messages }) => {
    await setTimeout(Math.random() * 4);
    const asked = messages.findLastIndex(({ role }) => role === 'user');
    const steps = messages.slice(asked).filter(({ role }) => role === 'tool').length;
    return steps === 2 ? 'Both are sent.' : [toolCallBlock(`c${messages.length}`, 'mail', '{}')];
  },
});
const store = new SqliteKeyValueStore({ path: join(folder, 'letters.sqlite') });
const chat = createToolsChatEngine({ llm, tools: [mail] }, { persist: { store, key: 'c' } });
for (;;) {
  const turns = await chat.turns();
  process.stdout.write(`${turns.length}\n`);
  if ((await chat.pending()) === undefined) await chat.chat(`message ${turns.length}`);
  else await chat.resume();
}
