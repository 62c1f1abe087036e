import { OpenAILLM } from '@mortise/openai';
import { race } from '../run/contenders.ts';
import type { Contender, Run, Work } from '../run/work.ts';

const CONCURRENCY = 50;
const MODEL = 'bench';
const MESSAGES = [{ role: 'user' as const, content: 'Count.' }];

/** `count` calls, `CONCURRENCY` at once; gives how many answered rightly. */
function many(count: number, call: () => Promise<string | null | undefined>): Run {
  return async () => {
    let left = count;
    let right = 0;
    async function worker(): Promise<void> {
      while (left-- > 0) if ((await call()) === 'A short answer.') right++;
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return String(right);
  };
}

function of(count: number): Record<string, Contender> {
  return {
    async [`${count}/openai SDK`](baseURL) {
      const { OpenAI } = await import('openai');
      const sdk = new OpenAI({ apiKey: 'bench', baseURL, maxRetries: 0 });
      return many(
        count,
        async () =>
          (await sdk.chat.completions.create({ model: MODEL, messages: MESSAGES })).choices[0]?.message
            .content,
      );
    },
    [`${count}/Mortise`](baseURL) {
      const llm = new OpenAILLM({ model: MODEL, api: 'chat-completions', apiKey: 'bench', baseURL });
      return many(count, async () => (await llm.chat('Count.')).text);
    },
    [`${count}/fetch by hand`](baseURL) {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };
      const body = JSON.stringify({ model: MODEL, messages: MESSAGES });
      return many(count, async () => {
        const response = await fetch(`${baseURL}/chat/completions`, { method: 'POST', headers, body });
        const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
        return choices[0]?.message.content;
      });
    },
    async [`${count}/LangChain`](baseURL) {
      const { ChatOpenAI } = await import('@langchain/openai');
      const llm = new ChatOpenAI({
        model: MODEL,
        apiKey: 'bench',
        configuration: { baseURL },
        maxRetries: 0,
      });
      return many(count, async () => (await llm.invoke('Count.')).text);
    },
    async [`${count}/AI SDK`](baseURL) {
      const { createOpenAI } = await import('@ai-sdk/openai');
      const { generateText } = await import('ai');
      const model = createOpenAI({ apiKey: 'bench', baseURL }).chat(MODEL);
      return many(count, async () => (await generateText({ model, prompt: 'Count.', maxRetries: 0 })).text);
    },
  };
}

export const contenders: Readonly<Record<string, Contender>> = { ...of(500), ...of(5_000) };

async function measure(count: number, rounds: number | undefined): ReturnType<Work['measure']> {
  const some = Object.entries(contenders).filter(([name]) => name.startsWith(`${count}/`));
  const rows = await race(
    {
      file: import.meta.filename,
      contenders: Object.fromEntries(some),
      server: 'server.ts',
      rounds: count < 1_000 ? 15 : 5,
    },
    rounds,
  );
  return rows.map((row) => ({ ...row, name: row.name.slice(`${count}/`.length) }));
}

export const works: readonly Work[] = [
  {
    name: 'calls',
    title: '500 calls, 50 at once',
    about: 'Whole replies of Chat Completions from a server that answers at once, all of them looked at.',
    limits: [
      { of: 'Mortise', to: 'openai SDK', by: 'ms', atMost: 0.95 },
      { of: 'Mortise', to: 'openai SDK', by: 'cpuMs', atMost: 0.95 },
    ],
    measure: (rounds) => measure(500, rounds),
  },
  {
    name: 'calls-5000',
    title: '5,000 calls, 50 at once',
    about: 'The same, ten times as many.',
    limits: [{ of: 'Mortise', to: 'openai SDK', by: 'ms', atMost: 0.9 }],
    measure: (rounds) => measure(5_000, rounds),
  },
];
