import { OpenAILLM } from '@mortise/openai';
import { structured } from '@mortise/toolkit';
import { z } from 'zod';
import { race } from '../run/contenders.ts';
import type { Contender, Work } from '../run/work.ts';

const CALLS = 500;
const CONCURRENCY = 50;

const schema = z.object({
  title: z.string(),
  year: z.number().int(),
  kind: z.enum(['book', 'film', 'song']),
  people: z.array(z.object({ name: z.string(), role: z.string().nullable() })),
});

const REPLY = {
  title: 'The Hole and the Tenon',
  year: 1987,
  kind: 'book',
  people: [
    { name: 'A. Joiner', role: 'author' },
    { name: 'B. Sawyer', role: null },
  ],
};

/** A server that answers with the reply, in memory: what is compared is what stands around a call. */
function answering(): typeof fetch {
  const message = { role: 'assistant', content: JSON.stringify(REPLY), refusal: null };
  const body = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1770933892,
    model: 'bench',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
  });
  const headers = { 'content-type': 'application/json' };
  return () => Promise.resolve(new Response(body, { headers }));
}

function many(call: (llm: OpenAILLM) => Promise<unknown>): Contender {
  return () => {
    const llm = new OpenAILLM({
      model: 'gpt-4o',
      api: 'chat-completions',
      apiKey: 'bench',
      fetch: answering(),
    });
    return async () => {
      let left = CALLS;
      let right = 0;
      async function worker(): Promise<void> {
        while (left-- > 0) if (JSON.stringify(await call(llm)) === JSON.stringify(REPLY)) right++;
      }
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      return String(right);
    };
  };
}

export const contenders: Readonly<Record<string, Contender>> = {
  'Mortise, chat': many(async (llm) => JSON.parse((await llm.chat('Of what?')).text)),
  'Mortise, structured': many(async (llm) => (await structured(llm, schema, 'Of what?')).value),
  async 'AI SDK, generateObject'() {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const ai = await import('ai');
    const model = createOpenAI({ apiKey: 'bench', fetch: answering() }).chat('gpt-4o');
    return many(
      async () =>
        (
          await ai.generateText({
            model,
            output: ai.Output.object({ schema }),
            prompt: 'Of what?',
            maxRetries: 0,
          })
        ).output,
    )('');
  },
};

export const works: readonly Work[] = [
  {
    name: 'structured',
    title: '500 typed answers, 50 at once',
    about:
      'By the provider’s own mode for schemas, with a schema of zod, from a server in memory; all values are compared. Beside it the same reply as text.',
    limits: [{ of: 'Mortise, structured', to: 'Mortise, chat', by: 'cpuMs', atMost: 1.5 }],
    measure: (rounds) => race({ file: import.meta.filename, contenders, rounds: 15 }, rounds),
  },
];
