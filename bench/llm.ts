/**
 * What a call costs on top of the network: one stream of 20,000 one-token deltas, and 500 calls at concurrency 50,
 * each API against the `openai` SDK on the same API. `--peers` adds LangChain and the AI SDK.
 */
import { OpenAILLM } from '@mortise/openai';
import OpenAI from 'openai';
import { compare, startServer, table, type Contender } from './measure.ts';

const DELTAS = 20_000;
const CALLS = 500;
const CONCURRENCY = 50;
const model = `stream-${DELTAS}`;

const { url, stop } = await startServer();
const sdk = new OpenAI({ apiKey: 'bench', baseURL: url, maxRetries: 0 });
const mortise = {
  chat: new OpenAILLM({ model, api: 'chat-completions', apiKey: 'bench', baseURL: url }),
  responses: new OpenAILLM({ model, apiKey: 'bench', baseURL: url }),
};

/** What a careful author would write without any library, terminal event included. */
async function handWritten(
  path: string,
  body: object,
  pick: (data: string) => string | undefined,
): Promise<string> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
    body: JSON.stringify({ ...body, model, stream: true }),
  });
  let text = '';
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes as Uint8Array, { stream: true });
    const frames = rest.split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const data = frame.slice(frame.indexOf('data: ') + 6);
      text += pick(data) ?? '';
    }
  }
  return text;
}

const messages = [{ role: 'user' as const, content: 'Count.' }];

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += piece;
  return text;
}

const chatStreams: Contender[] = [
  {
    name: 'openai SDK',
    async run() {
      let text = '';
      const stream = await sdk.chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    name: 'Mortise, events',
    run: async () => {
      let text = '';
      for await (const event of mortise.chat.streamChat('Count.'))
        if (event.type === 'text-delta') text += event.delta;
      return text;
    },
  },
  { name: 'Mortise, textStream', run: () => textOf(mortise.chat.streamChat('Count.').textStream) },
  {
    name: 'fetch by hand',
    run: () =>
      handWritten('/chat/completions', { messages }, (data) => {
        if (data === '[DONE]') return undefined;
        return (JSON.parse(data) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content;
      }),
  },
];

const responsesStreams: Contender[] = [
  {
    name: 'openai SDK',
    async run() {
      let text = '';
      const stream = await sdk.responses.create({ model, input: 'Count.', stream: true });
      for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
      return text;
    },
  },
  {
    name: 'Mortise, events',
    run: async () => {
      let text = '';
      for await (const event of mortise.responses.streamChat('Count.'))
        if (event.type === 'text-delta') text += event.delta;
      return text;
    },
  },
  { name: 'Mortise, textStream', run: () => textOf(mortise.responses.streamChat('Count.').textStream) },
  {
    name: 'fetch by hand',
    run: () =>
      handWritten('/responses', { input: 'Count.' }, (data) => {
        const event = JSON.parse(data) as { type: string; delta?: string };
        return event.type === 'response.output_text.delta' ? event.delta : undefined;
      }),
  },
];

/** `CALLS` calls, `CONCURRENCY` at once; gives how many answered rightly. */
async function manyCalls(call: () => Promise<string | null | undefined>): Promise<string> {
  let left = CALLS;
  let right = 0;
  async function worker(): Promise<void> {
    while (left-- > 0) if ((await call()) === 'A short answer.') right++;
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return String(right);
}

const chatCalls: Contender[] = [
  {
    name: 'openai SDK',
    run: () =>
      manyCalls(
        async () => (await sdk.chat.completions.create({ model, messages })).choices[0]?.message.content,
      ),
  },
  { name: 'Mortise', run: () => manyCalls(async () => (await mortise.chat.chat('Count.')).text) },
];
const responsesCalls: Contender[] = [
  {
    name: 'openai SDK',
    run: () => manyCalls(async () => (await sdk.responses.create({ model, input: 'Count.' })).output_text),
  },
  { name: 'Mortise', run: () => manyCalls(async () => (await mortise.responses.chat('Count.')).text) },
];

if (process.argv.includes('--peers')) {
  const { ChatOpenAI } = await import('@langchain/openai');
  const { createOpenAI } = await import('@ai-sdk/openai');
  const { streamText } = await import('ai');
  const langchain = new ChatOpenAI({ model, apiKey: 'bench', configuration: { baseURL: url } });
  const aiSdk = createOpenAI({ apiKey: 'bench', baseURL: url });
  chatStreams.push(
    {
      name: 'LangChain ChatOpenAI',
      async run() {
        let text = '';
        for await (const chunk of await langchain.stream('Count.')) text += chunk.text;
        return text;
      },
    },
    {
      name: 'AI SDK streamText',
      run: () => textOf(streamText({ model: aiSdk.chat(model), prompt: 'Count.' }).textStream),
    },
  );
}

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(table(`Chat Completions: one stream of ${DELTAS} deltas`, await compare(chatStreams)));
console.log(table(`Responses: one stream of ${DELTAS} deltas`, await compare(responsesStreams)));
console.log(table(`Chat Completions: ${CALLS} calls, ${CONCURRENCY} at once`, await compare(chatCalls)));
console.log(table(`Responses: ${CALLS} calls, ${CONCURRENCY} at once`, await compare(responsesCalls)));
stop();
