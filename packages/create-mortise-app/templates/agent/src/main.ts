import { randomBytes } from 'node:crypto';
import { FileKeyValueStore } from '@mortise/stores';
import { begin, resume, type AgentOptions } from './agent.ts';
import { chooseModel } from './model.ts';
import { standIn } from './stand-in.ts';
import { createTools } from './tools.ts';

const words = process.argv.slice(2).join(' ') || 'Order four boards of oak';
const store = new FileKeyValueStore({ directory: '.data/runs' });
const options: AgentOptions = {
  llm: chooseModel(standIn),
  tools: createTools('.data'),
  store,
  approvalKey: process.env['APPROVAL_KEY'] || (await ownKey()),
};

try {
  const isAnswer = words === 'yes' || words === 'no';
  const outcome = isAnswer
    ? await resume(options, words === 'yes')
    : words === 'continue'
      ? await resume(options)
      : await begin(options, words);
  if ('text' in outcome) console.log(outcome.text);
  else {
    for (const { name, arguments: given } of outcome.approvals)
      console.log(`It wants to ${name}: ${JSON.stringify(given)}`);
    console.log('Decide, now or another day: npm start -- yes, or npm start -- no');
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** A secret made at the first run. On several machines put one into APPROVAL_KEY. */
async function ownKey(): Promise<string> {
  const kept = await store.get('approval-key');
  if (typeof kept === 'string') return kept;
  const key = randomBytes(32).toString('base64');
  await store.set('approval-key', key);
  return key;
}
