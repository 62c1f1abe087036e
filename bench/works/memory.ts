import { setTimeout as wait } from 'node:timers/promises';
import { OpenAILLM } from '@mortise/openai';
import { race } from '../run/contenders.ts';
import type { Contender, Run, Work } from '../run/work.ts';

/** An hour of five calls a second, as fast as they go: 18,000, every second one of them a stream of 200 deltas. */
const CALLS = Number(process.env['MEMORY_CALLS'] ?? 18_000);
const CONCURRENCY = 20;
const model = 'stream-200';

type Call = (streamed: boolean) => Promise<string>;

async function calls(count: number, call: Call): Promise<void> {
  let left = count;
  async function worker(): Promise<void> {
    while (left > 0) {
      const streamed = left-- % 2 === 0;
      const text = await call(streamed);
      if (streamed ? !text.endsWith(' t199') : text !== 'A short answer.') throw new Error(text);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function kept(): Promise<number> {
  // What closes later, such as sockets, is gone by then.
  await wait(500);
  for (let at = 0; at < 3; at++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** With what stays behind, in KB per 1,000 calls. */
const soak =
  (call: Call): Run =>
  async () => {
    await calls(1_000, call);
    const before = await kept();
    await calls(CALLS, call);
    return {
      output: `${CALLS} right answers`,
      kB: Math.max(0, (await kept()) - before) / 1024 / (CALLS / 1_000),
    };
  };

export const contenders: Readonly<Record<string, Contender>> = {
  async 'openai SDK'(baseURL) {
    const { OpenAI } = await import('openai');
    const sdk = new OpenAI({ apiKey: 'bench', baseURL, maxRetries: 0 });
    const about = { model, messages: [{ role: 'user' as const, content: 'Count.' }] };
    return soak(async (streamed) => {
      if (!streamed) return (await sdk.chat.completions.create(about)).choices[0]?.message.content ?? '';
      let text = '';
      for await (const { choices } of await sdk.chat.completions.create({ ...about, stream: true }))
        text += choices[0]?.delta.content ?? '';
      return text;
    });
  },
  Mortise(baseURL) {
    const llm = new OpenAILLM({ model, api: 'chat-completions', apiKey: 'bench', baseURL });
    return soak(async (streamed) =>
      streamed ? (await llm.streamChat('Count.').final()).text : (await llm.chat('Count.')).text,
    );
  },
  async LangChain(baseURL) {
    const { ChatOpenAI } = await import('@langchain/openai');
    const llm = new ChatOpenAI({ model, apiKey: 'bench', configuration: { baseURL }, maxRetries: 0 });
    return soak(async (streamed) => {
      if (!streamed) return (await llm.invoke('Count.')).text;
      let text = '';
      for await (const chunk of await llm.stream('Count.')) text += chunk.text;
      return text;
    });
  },
  async 'AI SDK'(baseURL) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const { generateText, streamText } = await import('ai');
    const provider = createOpenAI({ apiKey: 'bench', baseURL });
    const about = { model: provider.chat(model), prompt: 'Count.', maxRetries: 0 };
    return soak(async (streamed) =>
      streamed ? await streamText(about).text : (await generateText(about)).text,
    );
  },
};

export const works: readonly Work[] = [
  {
    name: 'memory',
    title: 'An hour of five calls a second, as fast as they go',
    about:
      '18,000 calls, 20 at once, every second one a stream of 200 deltas, all looked at, after a thousand that warm up. KB are what the heap keeps for each 1,000 calls once garbage is collected.',
    limits: [{ of: 'Mortise', to: 'openai SDK', by: 'cpuMs', atMost: 0.95 }],
    measure: (rounds = 1) =>
      race({ file: import.meta.filename, contenders, server: 'server.ts', fresh: true, warm: false }, rounds),
  },
];
