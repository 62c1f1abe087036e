import {
  type Tool,
  costOf,
  createBudget,
  modelHealth,
  runTools,
  tool,
  toolBlocks,
  withBudget,
  withDefaults,
  withFallback,
} from '@mortise/toolkit';
import { OpenAILLM } from '@mortise/openai';
import { azure, groq, ollama } from '@mortise/openai/presets';
import { isMortiseError, type ChatMessage, type ChatResponse, type LLM } from '@mortise/core';
import { z } from 'zod';

/** A conversation is an array that you keep; the reply's message goes into it as it came. */
export async function twoTurns(llm: LLM): Promise<ChatMessage[]> {
  // #region conversation
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Answer in one sentence.' },
    { role: 'user', content: 'What is a mortise?' },
  ];
  const { message, usage, finishReason } = await llm.chat(messages, { maxOutputTokens: 200 });
  if (finishReason.unified === 'length') console.error(`Cut after ${usage.outputTokens} tokens.`);
  messages.push(message, { role: 'user', content: 'And a tenon?' });
  messages.push((await llm.chat(messages)).message);
  // #endregion
  return messages;
}

export async function events(llm: LLM, print: (text: string) => void): Promise<ChatResponse> {
  // #region stream
  const stream = llm.streamChat('Name three joints.');
  for await (const event of stream) {
    if (event.type === 'text-delta') print(event.delta);
    else if (event.type === 'tool-call-start') print(`[${event.name}]`);
    else if (event.type === 'warning') print(event.warning.message);
  }
  const response = await stream.final(); // what chat() would have given
  // #endregion
  return response;
}

/** A picture beside a question. */
export async function describePicture(llm: LLM, png: Uint8Array): Promise<string> {
  // #region image
  const { text } = await llm.chat([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in this picture?' },
        { type: 'image', source: { data: png, mediaType: 'image/png' } },
      ],
    },
  ]);
  // #endregion
  return text;
}

/** Two servers that speak OpenAI's wire, one of them on this machine, and a deployment of Azure's. */
export function otherServers(token: () => Promise<string>): LLM[] {
  // #region presets
  const fast = new OpenAILLM({ ...groq, model: 'openai/gpt-oss-120b' }); // the key is GROQ_API_KEY
  const local = new OpenAILLM({ ...ollama, model: 'qwen3' }); // localhost:11434, without a key
  const ours = new OpenAILLM({ ...azure({ resource: 'eu-search', token }), model: 'our-deployment' });
  // #endregion
  return [fast, local, ours];
}

export async function untilSeconds(llm: LLM, question: string, abort: AbortController): Promise<string> {
  // #region errors
  try {
    const { text } = await llm.chat(question, { signal: abort.signal, deadlineMs: 20_000 });
    return text;
  } catch (error) {
    if (abort.signal.aborted) return ''; // the caller left: error is abort.signal.reason
    if (isMortiseError(error, 'context-length')) return 'That was too long for this model.';
    if (isMortiseError(error, 'rate-limit')) return `Busy; again in ${error.retryAfterMs ?? 1000} ms.`;
    throw error; // retries are over: core made them
  }
  // #endregion
}

// #region prices
const prices = {
  'gpt-5-mini': { input: 0.25, output: 2, cachedInput: 0.025 }, // per million tokens, in your money
  'claude-haiku-4-5': { input: 1, output: 5, cachedInput: 0.1, cacheWrite: 1.25 },
};
// #endregion

export async function costs(llm: LLM, print: (text: string) => void): Promise<void> {
  // #region cost
  const response = await llm.chat('What is a mortise?', { maxOutputTokens: 200 });
  const cost = costOf(response, prices); // undefined: no price, or no counts
  print(cost === undefined ? `${response.model}: unknown` : `${response.model}: ${cost}`);
  // #endregion
}

export async function boundedRuns(model: LLM, tools: Tool[], questions: string[]): Promise<void> {
  // #region bounds
  const total = createBudget({ maxCost: 5, prices });
  const perCall = createBudget({ maxCost: 0.02, prices, per: 'call' });
  for (const question of questions) {
    const run = createBudget({ maxCost: 0.1, prices });
    await runTools(withBudget(model, [perCall, run, total]), question, { tools });
  }
  // #endregion
}

export function production(main: LLM, spare: LLM): LLM {
  // #region wrappers
  const budget = createBudget({ maxCost: 5, prices });
  const llm = withBudget(withFallback(main, [spare]), budget);
  // #endregion
  return llm;
}

export async function withOwnTone(main: LLM): Promise<string> {
  // #region defaults
  const llm = withDefaults(main, {
    temperature: 0.2,
    maxOutputTokens: 500,
    providerOptions: { openai: { store: false } },
  });
  const { text } = await llm.chat('What is a mortise?', { temperature: 0.8 }); // 0.8, and 500 tokens
  // #endregion
  return text;
}

/** Wrappers that are made for each request share what they find out of models. */
export function perRequest(models: () => [LLM, LLM]): () => LLM {
  // #region health
  const health = modelHealth({ key: (llm) => `${llm.provider}/${llm.model}` }); // once, for the process
  const forRequest = (): LLM => {
    const [main, spare] = models();
    return withFallback(main, [spare], { health });
  };
  // #endregion
  return forRequest;
}

export async function deploy(
  llm: LLM,
  run: (service: string) => Promise<string>,
  ask: () => boolean,
  chart: () => Uint8Array,
) {
  // #region tools
  const restart = tool({
    name: 'restart',
    description: 'Restarts one service and tells its state.',
    parameters: z.object({ service: z.enum(['api', 'web']) }),
    needsApproval: ({ service }) => service === 'api', // service is 'api' | 'web'
    execute: ({ service }) => run(service),
  });
  const load = tool({
    name: 'load',
    description: 'Shows the load of the last hour as a chart.',
    parameters: z.object({}),
    execute: () => toolBlocks([{ type: 'image', source: { data: chart(), mediaType: 'image/png' } }]),
  });
  const { text, messages } = await runTools(llm, 'The api hangs. Do something.', {
    tools: [restart, load],
    maxSteps: 4,
    // Asked of every call; a reason is told to the model.
    approve: (_call, { needsApproval }) => !needsApproval || ask() || 'Not at night.',
  });
  // #endregion
  return { text, messages };
}
