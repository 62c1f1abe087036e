import {
  BaseLLM,
  MortiseError,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
} from '@mortise/core';
import { traced } from '@mortise/core/events';
import { eventsOfReply } from '@mortise/core/llm';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { createQueryEngine, openIndex } from '@mortise/rag';
import { createBudget, runTools, tool, withBudget, type Tool } from '@mortise/toolkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export const QUESTION = 'How long is the mortise of the west door?';
const ANSWER = 'The mortise of the west door is forty millimetres long [1]. Hide glue sets in an hour [2].';

/** A model that takes its time, and fails first where it is told to. */
class SlowLLM extends BaseLLM {
  override readonly metadata = {
    isChatModel: true,
    maxOutputTokens: 500,
    capabilities: { streaming: true, tools: true },
  };
  readonly #text: string;
  readonly #failures: Error[];
  readonly #ms: number;

  constructor(text: string, { ms = 0, failures = [], model = 'oak-2' }: SlowOptions = {}) {
    super({ provider: 'house', model, retry: { baseDelayMs: Math.max(ms, 1) } });
    this.#text = text;
    this.#ms = ms;
    this.#failures = [...failures];
  }

  override async doGenerate(_: ChatRequest, { signal }: Attempt): Promise<ChatReply> {
    await sleep(this.#ms, undefined, { signal });
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    return {
      content: [{ type: 'text', text: this.#text }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: { inputTokens: 412, outputTokens: 38 },
    };
  }

  override async *doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    for (const event of eventsOfReply(await this.doGenerate(request, attempt))) {
      if (event.type !== 'text-delta') yield event;
      else
        for (const delta of event.delta.match(/\s*\S+|\s+/g) ?? []) {
          await sleep(this.#ms / 4, undefined, { signal: attempt.signal });
          yield { ...event, delta };
        }
    }
  }
}

interface SlowOptions {
  ms?: number;
  failures?: Error[];
  model?: string;
}

/** A question to documents: retrieval, a retry, a streamed answer with citations. */
export async function askDocuments({
  ms = 0,
  failures = [busy()],
  model = 'oak-2',
}: SlowOptions = {}): Promise<void> {
  const index = await openIndex({ embedding: new HashEmbedding() });
  await index.update([
    createDocument({
      id: 'doors.md',
      text: '# Doors\n\nThe mortise of the west door is forty millimetres long. It was cut by hand.\n',
      metadata: { path: 'doors.md', title: 'Doors' },
    }),
    createDocument({
      id: 'glue.md',
      text: '# Glue\n\nHide glue sets in an hour. It is warmed to sixty degrees first.\n',
      metadata: { path: 'glue.md', title: 'Glue' },
    }),
  ]);
  const llm = withBudget(
    new SlowLLM(ANSWER, { ms, failures, model }),
    createBudget({ maxCost: 5, prices: { [model]: { input: 1.25, output: 10 } } }),
  );
  const engine = createQueryEngine({ llm, retriever: index.retriever({ topK: 2 }) });
  for await (const _ of engine.streamQuery(QUESTION)) {
    // Read to its end.
  }
}

function busy(): Error {
  return new MortiseError(
    'rate-limit',
    'The provider refuses more requests for now. Wait, or send less at once.',
    {
      status: 429,
      retryAfterMs: 20,
    },
  );
}

/** In the form of a key, put together so that no file holds one. */
export const SECRET = ['sk', 'proj', 'Zk3Vw81mQx07TnLr92YbHd64JcPf55Ga'].join('-');

/** An agent with two tools, of which one throws what is nobody's business. */
export async function runAgent({ ms = 0 }: SlowOptions = {}): Promise<void> {
  const call = (id: string, name: string, args: Record<string, string | number>) =>
    ({ type: 'tool-call', id, name, arguments: args }) as const;
  const llm = new ScriptedLLM({
    model: 'script',
    usage: { inputTokens: 230, outputTokens: 41 },
    replies: [
      [call('c1', 'measure', { what: 'west door' }), call('c2', 'order', { wood: 'walnut', board_feet: 12 })],
      'The west door is 40 mm deep, and the order failed.',
    ],
  });
  const tools: Tool[] = [
    tool({
      name: 'measure',
      description: 'Measures a part.',
      parameters: z.object({ what: z.string() }),
      execute: async ({ what }) => {
        await sleep(ms);
        return { what, depth_mm: 40, by: 'hand' };
      },
    }),
    tool({
      name: 'order',
      description: 'Orders wood.',
      parameters: z.object({ wood: z.string(), board_feet: z.number() }),
      execute: async () => {
        await sleep(ms * 2);
        throw new Error(`POST https://yard.example/orders with ${SECRET}: refused for customer 4711`);
      },
    }),
  ];
  await runTools(llm, 'Measure the west door, then order walnut.', { tools });
}

/** A model whose key is wrong. */
export async function failToAuthenticate(): Promise<void> {
  const cause = new Error('Incorrect API key provided');
  const error = new MortiseError(
    'authentication',
    'The provider does not know this key. Check the variable HOUSE_API_KEY.',
    {
      status: 401,
      requestId: 'req_7f3',
      cause,
    },
  );
  await new SlowLLM('', { failures: [error] }).chat('Hello').catch(() => undefined);
}

/** A tree of `count` operations, three deep. */
export async function manySpans(count: number): Promise<void> {
  await traced('import', async () => {
    for (let at = 1; at < count; at += 5)
      await traced(
        'page',
        async () => {
          for (let nth = 1; nth < Math.min(5, count - at); nth++)
            await traced(nth % 2 === 0 ? 'embedding.batch' : 'parser.parse', () => undefined, { at, nth });
        },
        { at },
      );
  });
}
