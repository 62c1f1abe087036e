/**
 * An agent that asks before it pays, and goes on after a restart, days later too.
 * `node agent-with-approval.ts "Order the timber."`, then `node agent-with-approval.ts --yes` or `--no "Too dear."`
 */
import { OpenAILLM } from '@mortise/openai';
import { createToolsChatEngine } from '@mortise/rag';
import { SqliteKeyValueStore } from '@mortise/stores';
import { tool } from '@mortise/toolkit';
import { z } from 'zod';

const price = tool({
  name: 'price',
  description: 'The price of a kind of wood, in euros a cubic metre.',
  parameters: z.object({ wood: z.string() }),
  execute: ({ wood }) => ({ wood, euros: 740 }),
});

const pay = tool({
  name: 'pay',
  description: 'Pays a sum in euros.',
  parameters: z.object({ euros: z.number(), to: z.string() }),
  needsApproval: ({ euros }) => euros > 100,
  // A run that was killed while it paid asks the bank again with the same key: it pays once.
  execute: ({ euros, to }, { idempotencyKey }) => {
    console.log(`PAID ${euros} to ${to}, key ${idempotencyKey.slice(0, 8)}`);
    return 'paid';
  },
});

const [said = '', reason] = process.argv.slice(2);
const store = new SqliteKeyValueStore({ path: 'conversations.sqlite' });
const chat = createToolsChatEngine(
  {
    llm: new OpenAILLM({ model: 'gpt-5.4-mini', baseURL: process.env['OPENAI_BASE_URL'] }),
    tools: [price, pay],
  },
  {
    systemPrompt: 'You buy for a saw mill.',
    approvalKey: process.env['APPROVAL_KEY'] ?? 'the same secret in every process, and not this one',
    persist: { store, key: 'mill' }, // each step, so that a killed program goes on too
  },
);

const pending = await chat.pending();
const answered =
  pending === undefined
    ? await chat.chat(said)
    : await chat.resume({
        approvals: pending.approvals.map(({ callId, token }) => ({
          callId,
          token,
          approved: said === '--yes',
          reason,
        })),
      });

if (answered.outcome !== 'approval') console.log(answered.text);
for (const { name, arguments: args } of (await chat.pending())?.approvals ?? [])
  console.log(`MAY I ${name} ${JSON.stringify(args)}? Say --yes, or --no and why.`);
store.close();
