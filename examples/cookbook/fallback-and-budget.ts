/** Two providers and a limit in money. `node fallback-and-budget.ts "Why is oak hard?" "And ash?"` */
import { isMortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import { OpenAILLM } from '@mortise/openai';
import { groq } from '@mortise/openai/presets';
import { costOf, createBudget, withBudget, withFallback } from '@mortise/toolkit';

// Per million tokens, in your money.
const prices = {
  'gpt-5.4-mini': { input: 0.25, output: 2 },
  'openai/gpt-oss-120b': { input: 0.15, output: 0.6 },
};

const main = new OpenAILLM({
  name: 'main',
  model: 'gpt-5.4-mini',
  baseURL: process.env['OPENAI_BASE_URL'],
});
const spare = new OpenAILLM({
  ...groq,
  name: 'spare',
  model: 'openai/gpt-oss-120b',
  ...(process.env['GROQ_BASE_URL'] === undefined ? {} : { baseURL: process.env['GROQ_BASE_URL'] }),
});

const budget = createBudget({ maxCost: Number(process.env['MAX_COST'] ?? 5), prices });
const llm = withBudget(withFallback(main, [spare]), budget);

subscribe(({ name, attributes }) => {
  if (name === 'retry' || name === 'fallback') console.log(`(${name}: ${String(attributes['code'])})`);
});

for (const question of process.argv.slice(2)) {
  try {
    const response = await llm.chat(question, { maxOutputTokens: 300 });
    const cost = costOf(response, prices)?.toFixed(6) ?? 'unknown';
    console.log(`${response.text}\n— ${response.server}: ${response.model}, ${cost}`);
  } catch (error) {
    if (!isMortiseError(error, 'budget')) throw error;
    console.log(`The money is spent: ${error.message}`);
    break;
  }
}
console.log(`${budget.spent.toFixed(6)} in all`);
