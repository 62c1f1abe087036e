// What a stranger writes first: a model of a provider, and no network.
import { isMortiseError, type LLM } from '@mortise/core';
import { OpenAILLM } from '@mortise/openai';

const fetch: typeof globalThis.fetch = async () =>
  Response.json({
    id: 'c1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'The moon.' }, finish_reason: 'stop' }],
  });

const llm: LLM = new OpenAILLM({ model: 'm', api: 'chat-completions', apiKey: 'key', fetch });
const { text } = await llm.chat('Why are there tides?');
if (text !== 'The moon.') throw new Error(`It said: ${text}`);

const failed = await llm.chat([]).then(
  () => undefined,
  (error: unknown) => error,
);
if (failed !== undefined && !isMortiseError(failed)) throw new Error('Another copy of core is installed.');
console.log('import: it runs');
