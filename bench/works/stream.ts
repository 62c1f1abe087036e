import { OpenAILLM } from '@mortise/openai';
import { race } from '../run/contenders.ts';
import type { Contender, Run, Work } from '../run/work.ts';

const DELTAS = 20_000;
const MESSAGES = [{ role: 'user' as const, content: 'Count.' }];

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += piece;
  return text;
}

/** The name of a model is what the server does: `stream-N` writes at once, `writes-N` each event by itself, `turns-N` with a pause between. */
function chats(model: string): Record<string, Contender> {
  return {
    async 'openai SDK'(baseURL) {
      const { OpenAI } = await import('openai');
      const sdk = new OpenAI({ apiKey: 'bench', baseURL, maxRetries: 0 });
      return async () => {
        let text = '';
        const stream = await sdk.chat.completions.create({
          model,
          messages: MESSAGES,
          stream: true,
          stream_options: { include_usage: true },
        });
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
        return text;
      };
    },
    'Mortise, textStream': (baseURL) => {
      const llm = new OpenAILLM({ model, api: 'chat-completions', apiKey: 'bench', baseURL });
      return () => textOf(llm.streamChat('Count.').textStream);
    },
    'Mortise, events': (baseURL) => {
      const llm = new OpenAILLM({ model, api: 'chat-completions', apiKey: 'bench', baseURL });
      return async () => {
        let text = '';
        for await (const event of llm.streamChat('Count.'))
          if (event.type === 'text-delta') text += event.delta;
        return text;
      };
    },
    'fetch by hand': (baseURL) => byHand(baseURL, model),
    async LangChain(baseURL) {
      const { ChatOpenAI } = await import('@langchain/openai');
      const llm = new ChatOpenAI({ model, apiKey: 'bench', configuration: { baseURL }, maxRetries: 0 });
      return async () => {
        let text = '';
        for await (const chunk of await llm.stream('Count.')) text += chunk.text;
        return text;
      };
    },
    async 'AI SDK'(baseURL) {
      const { createOpenAI } = await import('@ai-sdk/openai');
      const { streamText } = await import('ai');
      const provider = createOpenAI({ apiKey: 'bench', baseURL });
      return () =>
        textOf(streamText({ model: provider.chat(model), prompt: 'Count.', maxRetries: 0 }).textStream);
    },
  };
}

/** What a careful author would write without any library, terminal event included. */
function byHand(baseURL: string, model: string): Run {
  return async () => {
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
      body: JSON.stringify({ model, messages: MESSAGES, stream: true }),
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
        if (data === '[DONE]') continue;
        const { choices } = JSON.parse(data) as { choices: { delta: { content?: string } }[] };
        text += choices[0]?.delta.content ?? '';
      }
    }
    return text;
  };
}

const responses: Record<string, Contender> = {
  async 'openai SDK'(baseURL) {
    const { OpenAI } = await import('openai');
    const sdk = new OpenAI({ apiKey: 'bench', baseURL, maxRetries: 0 });
    return async () => {
      let text = '';
      const stream = await sdk.responses.create({ model: `stream-${DELTAS}`, input: 'Count.', stream: true });
      for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
      return text;
    };
  },
  'Mortise, textStream': (baseURL) => {
    const llm = new OpenAILLM({ model: `stream-${DELTAS}`, apiKey: 'bench', baseURL });
    return () => textOf(llm.streamChat('Count.').textStream);
  },
  async 'AI SDK'(baseURL) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const { streamText } = await import('ai');
    const provider = createOpenAI({ apiKey: 'bench', baseURL });
    const model = provider.responses(`stream-${DELTAS}`);
    return () => textOf(streamText({ model, prompt: 'Count.', maxRetries: 0 }).textStream);
  },
};

const KINDS = {
  'at once': chats(`stream-${DELTAS}`),
  'by event': chats(`writes-${DELTAS}`),
  'by turns': chats(`turns-${DELTAS}`),
  responses,
};

export const contenders: Readonly<Record<string, Contender>> = Object.fromEntries(
  Object.entries(KINDS).flatMap(([kind, all]) =>
    Object.entries(all).map(([name, contender]) => [`${kind}/${name}`, contender]),
  ),
);

/** Of this module's contenders those of one kind, by their own names. */
async function of(kind: keyof typeof KINDS, rounds: number | undefined): ReturnType<Work['measure']> {
  const some = Object.entries(contenders).filter(([name]) => name.startsWith(`${kind}/`));
  const rows = await race(
    {
      ...{ file: import.meta.filename, contenders: Object.fromEntries(some), server: 'server.ts' },
      ...{ rounds: 25, collect: false },
    },
    rounds,
  );
  return rows.map((row) => ({ ...row, name: row.name.slice(kind.length + 1) }));
}

const beside = { of: 'Mortise, textStream', to: 'openai SDK', by: 'ms' } as const;

export const works: readonly Work[] = [
  {
    name: 'stream',
    title: 'A stream of 20,000 deltas',
    about:
      'One reply of Chat Completions in 20,000 events, which the server writes at once; the texts are the same. Warm: the second stream of a process and the 24 after it, without a collection of garbage between them.',
    limits: [{ ...beside, atMost: 0.38 }],
    measure: (rounds) => of('at once', rounds),
  },
  {
    name: 'stream-writes',
    title: 'A stream of 20,000 deltas, each written by itself',
    about: 'The same, but each event is a write of the server and a chunk of the reply.',
    limits: [{ ...beside, atMost: 0.42 }],
    measure: (rounds) => of('by event', rounds),
  },
  {
    name: 'stream-turns',
    title: 'A stream of 20,000 deltas, each in a turn of the server',
    about:
      'As before, and the server waits for its event loop between two events, so that they arrive one by one. Most of the time is its own.',
    measure: (rounds) => of('by turns', rounds),
  },
  {
    name: 'stream-responses',
    title: 'A stream of 20,000 deltas of the Responses API',
    about: 'As the first, by the API of OpenAI that names its events.',
    measure: (rounds) => of('responses', rounds),
  },
];
