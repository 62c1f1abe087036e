import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, startWire, type Wire, type WireHandler } from '@mortise/conformance';
import {
  BaseEmbedding,
  MortiseError,
  type EmbeddingInput,
  type EmbeddingMetadata,
  type MortiseEvent,
} from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import * as embeddings from '../embeddings.ts';
import { logTo, lookUp, trace } from '../events.ts';
import { gateway } from '../gateway.ts';
import { cachedToken, HouseLLM } from '../house-llm.ts';
import * as models from '../language-models.ts';
import { askLlama, compare, embedAll, PhiServerLLM } from '../using-custom-models.ts';

let wire: Wire | undefined;
afterEach(() => wire?.close());
const serve = async (handler: WireHandler): Promise<string> => (wire = await startWire(handler)).url;

describe('language models', () => {
  it("keeps a conversation, with the model's own turns in it", async () => {
    const llm = new ScriptedLLM({ replies: ['A hole.', 'What fits it.'] });
    const messages = await models.twoTurns(llm);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant']);
    expect(llm.requests[1]?.messages).toEqual(messages.slice(0, 4));
  });

  it('prints a stream, and has the whole reply at its end', async () => {
    const printed: string[] = [];
    const llm = new ScriptedLLM({ replies: ['dovetail, lap, mortise'] });
    const response = await models.events(llm, (text) => printed.push(text));
    expect(printed.join('')).toBe(response.text);
    expect(printed.length).toBeGreaterThan(1);
  });

  it('shows a picture to a model that reads them, and refuses it to one that does not', async () => {
    const metadata = (inputModalities: string[]) => ({ metadata: { capabilities: { inputModalities } } });
    const seeing = new ScriptedLLM({ replies: ['A joint.'], ...metadata(['text', 'image']) });
    expect(await models.describePicture(seeing, new Uint8Array([1, 2]))).toBe('A joint.');
    const blind = new ScriptedLLM({ replies: ['A joint.'], ...metadata(['text']) });
    await expect(models.describePicture(blind, new Uint8Array([1]))).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(blind.requests).toEqual([]);
  });

  it('tells failures apart', async () => {
    const ask = (error: Error, abort = new AbortController()) =>
      models.untilSeconds(new ScriptedLLM({ replies: [error], retry: false }), 'Hi', abort);
    expect(await ask(new MortiseError('context-length', 'Too long.'))).toMatch(/^That was too long/);
    expect(await ask(new MortiseError('rate-limit', 'Wait.', { retryAfterMs: 70 }))).toBe(
      'Busy; again in 70 ms.',
    );
    await expect(ask(new MortiseError('server', 'Down.'))).rejects.toMatchObject({ code: 'server' });
    const left = new AbortController();
    left.abort();
    expect(await ask(new Error('never asked'), left)).toBe('');
  });

  it('falls back to another model, within one budget', async () => {
    const main = new ScriptedLLM({
      replies: [new MortiseError('overloaded', 'Busy.')],
      model: 'gpt-5-mini',
      retry: false,
    });
    const usage = { inputTokens: 10, outputTokens: 2 };
    const spare = new ScriptedLLM({ replies: ['Here.', 'Again.'], model: 'claude-haiku-4-5', usage });
    const llm = models.production(main, spare);
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'configuration' });
    expect((await llm.chat('Hi', { maxOutputTokens: 50 })).text).toBe('Here.');
  });

  it('gives a model default options', async () => {
    const llm = new ScriptedLLM({ replies: ['A hole.'] });
    expect(await models.withOwnTone(llm)).toBe('A hole.');
    expect(llm.requests[0]).toMatchObject({ temperature: 0.8, maxOutputTokens: 500 });
  });

  it('says what a reply cost, and bounds each run of tools', async () => {
    const usage = { inputTokens: 4, outputTokens: 2 };
    const llm = (model: string) =>
      new ScriptedLLM({ replies: () => 'Done.', usage, model, metadata: { maxOutputTokens: 1_000 } });
    const printed: string[] = [];
    await models.costs(llm('gpt-5-mini'), (text) => printed.push(text));
    await models.costs(llm('other'), (text) => printed.push(text));
    expect(printed).toEqual(['gpt-5-mini: 0.000005', 'other: unknown']);
    const mini = llm('gpt-5-mini');
    await models.boundedRuns(mini, [], ['One?', 'Two?']);
    expect(mini.requests).toHaveLength(2);
  });

  it('shares what is known of a model between wrappers of each request', async () => {
    let asked = 0;
    const down = () => (asked++, new MortiseError('overloaded', 'Busy.'));
    const forRequest = models.perRequest(() => [
      new ScriptedLLM({ replies: down, model: 'main', retry: false }),
      new ScriptedLLM({ replies: () => 'Here.', model: 'spare' }),
    ]);
    for (let at = 0; at < 5; at++) expect((await forRequest().chat('Hi')).text).toBe('Here.');
    expect(asked).toBe(3);
  });

  it('runs a tool only when it was approved', async () => {
    const call = { type: 'tool-call', id: 'c1', name: 'restart', arguments: { service: 'api' } } as const;
    const ran: string[] = [];
    const run = async (service: string) => `${ran.push(service)} restarted`;
    const script = () => new ScriptedLLM({ replies: [[call], 'Done.'] });
    const chart = () => new Uint8Array([1]);
    expect((await models.deploy(script(), run, () => true, chart)).text).toBe('Done.');
    expect(ran).toEqual(['api']);
    const { messages } = await models.deploy(script(), run, () => false, chart);
    expect(ran).toEqual(['api']);
    expect(JSON.stringify(messages)).toContain('Not at night.');
    const look = { type: 'tool-call', id: 'c2', name: 'load', arguments: {} } as const;
    const looking = new ScriptedLLM({ replies: [[look], 'Busy.'] });
    const seen = await models.deploy(looking, run, () => true, chart);
    const source = { data: chart(), mediaType: 'image/png' };
    expect(seen.messages.at(-2)).toMatchObject({ content: [{ content: [{ type: 'image', source }] }] });
  });
});

describe('embedding models', () => {
  const embedding = new HashEmbedding();
  const texts = ['The sky is blue.', 'Grass is green.'];

  it('finds the nearest text', async () => {
    expect(await embeddings.nearest(embedding, 'green grass', texts)).toBe('Grass is green.');
    expect(await embeddings.severalWordings(embedding)).toHaveLength(embedding.metadata.dimensions!);
  });

  it('embeds a picture with its caption as one', async () => {
    class Seeing extends BaseEmbedding {
      readonly metadata: EmbeddingMetadata = {
        maxBatchSize: 1,
        asymmetric: false,
        inputModalities: ['text', 'image'],
      };
      async doEmbed([input]: readonly EmbeddingInput[]) {
        return { embeddings: [typeof input === 'string' ? [1, 0] : [0.6, 0.8]] };
      }
    }
    const model = new Seeing({ provider: 'acme', model: 'seeing' });
    expect(await embeddings.nearness(model, 'a cat', 'my pet', Uint8Array.of(1, 2))).toBeCloseTo(0.6);
  });

  it('takes its settings, and asks once for one text', async () => {
    const url = await serve((_request, reply) =>
      json(reply, {
        object: 'list',
        model: 'text-embedding-3-small',
        data: [{ object: 'embedding', index: 0, embedding: [1, 0] }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      }),
    );
    const model = embeddings.wellSet({ baseURL: url });
    await model.embedText('a');
    await model.embedText('a');
    expect(wire?.requests).toHaveLength(1);
  });

  it('ingests with progress', async () => {
    const said: string[] = [];
    const saved: number[] = [];
    await embeddings.ingest(
      embedding,
      texts,
      async (index) => void saved.push(index),
      (line) => said.push(line),
    );
    expect(saved).toEqual([0, 1]);
    expect(said.at(-1)).toMatch(/^2 texts/);
  });

  it('hands over what was finished before a failure', async () => {
    let sent = 0;
    const url = await serve((request, reply) => {
      const { input } = request.body as { input: string[] };
      if (input[0] !== 'a') return json(reply, { error: { message: 'no' } }, { status: 400 });
      sent += 1;
      const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [1, 0] }));
      return json(reply, { object: 'list', data, usage: { prompt_tokens: 1, total_tokens: 1 } });
    });
    const model = embeddings.wellSet({ baseURL: url, concurrency: 1, metadata: { maxBatchSize: 1 } });
    const [first, second] = await embeddings.asFarAsItGoes(model, ['a', 'b']);
    expect([first?.length, second, sent]).toEqual([2, undefined, 1]);
  });

  it('asks a cached model once', async () => {
    const llm = new ScriptedLLM({ replies: ['Yes.'] });
    const cached = embeddings.cachedModel(llm);
    expect((await cached.chat('Hi')).text).toBe((await cached.chat('Hi')).text);
    expect(llm.requests).toHaveLength(1);
  });
});

describe('events', () => {
  it('writes a line for what ended', async () => {
    const lines: string[] = [];
    const stop = logTo((line) => lines.push(line));
    await new ScriptedLLM({ replies: ['Yes.'] }).chat('secret question');
    stop();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^llm\.chat end \d+ ms \{/);
    expect(lines.join()).not.toContain('secret question');
  });

  it('V-02: gives a tracer its spans, with their parents', async () => {
    const closed: string[] = [];
    const stop = trace<{ name: string; parent: string | undefined }>({
      open: (name, _attributes, parent) => ({ name, parent: parent?.name }),
      close: ({ name, parent }, _attributes, error) =>
        closed.push(`${name} in ${parent}${error === undefined ? '' : ' failed'}`),
    });
    await lookUp(async () => [(await new ScriptedLLM({ replies: ['row'] }).chat('Hi')).text]);
    await lookUp(async () => Promise.reject(new Error('down'))).catch((error: MortiseEvent) => error);
    stop();
    expect(closed).toEqual([
      'llm.chat in crm.look-up',
      'crm.look-up in undefined',
      'crm.look-up in undefined failed',
    ]);
  });
});

describe('proprietary models', () => {
  it('signs what it sends through a gateway, and shares its limiter', async () => {
    const url = await serve((request, reply) =>
      request.path.endsWith('/embeddings')
        ? json(reply, {
            data: [{ index: 0, embedding: Array.from({ length: 512 }, () => 0.5) }],
            usage: { prompt_tokens: 1, total_tokens: 1 },
          })
        : json(reply, {
            id: 'c',
            object: 'chat.completion',
            created: 1,
            model: 'house-7',
            choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Yes.' } }],
            usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
          }),
    );
    const { llm, embedding } = gateway(url, (body) => `len-${body.length}`);
    expect((await llm.chat('Hi', { maxOutputTokens: 5 })).text).toBe('Yes.');
    expect(await embedding.embedText('a')).toHaveLength(512);
    expect(wire?.requests.map(({ headers }) => headers['x-signature'])).toEqual([
      expect.stringMatching(/^len-\d+$/),
      expect.stringMatching(/^len-\d+$/),
    ]);
    expect(wire?.requests[0]?.body).toMatchObject({ model: 'house-7', max_tokens: 5 });
  });

  it('speaks a wire of its own, with one token for calls that come together', async () => {
    const url = await serve((_request, reply) =>
      json(reply, { answer: 'Yes.', stopped: 'end', used: { in: 3, out: 1 } }),
    );
    let asked = 0;
    const token = cachedToken(async () => ({ token: `t-${++asked}`, expiresAt: Date.now() + 3_600_000 }));
    const llm = new HouseLLM(url, token);
    const replies = await Promise.all([llm.chat('Hi'), llm.streamChat('Hi').final()]);
    expect(replies.map(({ text, usage }) => [text, usage.totalTokens])).toEqual([
      ['Yes.', 4],
      ['Yes.', 4],
    ]);
    expect(asked).toBe(1);
    expect(wire?.requests[0]?.headers['authorization']).toBe('Bearer t-1');
  });

  it('asks for a new token when the old one ends or could not be had', async () => {
    let asked = 0;
    const token = cachedToken(async () => {
      asked += 1;
      if (asked === 1) throw new Error('The token service is down.');
      return { token: `t-${asked}`, expiresAt: Date.now() };
    });
    const { signal } = new AbortController();
    await expect(token(signal)).rejects.toThrow('down');
    expect(await token(signal)).toBe('t-2');
    expect(await token(signal)).toBe('t-3');
  });

  it('C-09: keeps its token out of what it throws', async () => {
    const url = await serve((request, reply) =>
      json(reply, { message: request.headers['authorization'] }, { status: 403 }),
    );
    const llm = new HouseLLM(url, async () => 'tok-hidden');
    const error = await llm.chat('Hi').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'permission' });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('tok-hidden');
  });
});

describe('custom models in use', () => {
  const llama: WireHandler = (request, reply) => {
    const { stream } = request.body as { stream: boolean };
    const end = { stop: true, tokens_evaluated: 1, tokens_predicted: 1 };
    if (!stream) return json(reply, { content: ' Paris', ...end });
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = [
      { content: 'Light', stop: false },
      { content: '', ...end },
    ];
    reply.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  };

  it('completes and streams', async () => {
    const printed: string[] = [];
    expect(await askLlama(await serve(llama), (text) => printed.push(text))).toBe(' Paris');
    expect(printed).toEqual(['Light']);
  });

  it('L-08: takes a chat template of its own', async () => {
    await new PhiServerLLM(await serve(llama)).chat('Hi');
    expect(wire?.requests[0]?.body).toMatchObject({ prompt: '<|user|>\nHi<|end|>\n<|assistant|>\n' });
  });

  it('embeds, and keeps what it embedded', async () => {
    const url = await serve((request, reply) => {
      const { input } = request.body as { input: string[] };
      const embeddings = input.map((text) =>
        Array.from({ length: 768 }, (_, at) => (at === text.length ? 1 : 0.1)),
      );
      return json(reply, { embeddings, prompt_eval_count: 1 });
    });
    expect(await compare(url)).toBeGreaterThan(0);
    const folder = await mkdtemp(join(tmpdir(), 'mortise-guide-'));
    try {
      const kept: number[] = [];
      for (let run = 0; run < 2; run++)
        await embedAll(url, join(folder, 'cache.sqlite'), ['a', 'b'], (index) => kept.push(index));
      expect(kept).toEqual([0, 1, 0, 1]);
      expect(wire?.requests).toHaveLength(3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
