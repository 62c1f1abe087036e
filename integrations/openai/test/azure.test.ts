import { inspect } from 'node:util';
import { eventStream, json, startWire } from '@mortise/conformance';
import type { MortiseError } from '@mortise/core';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { azure } from '@mortise/openai/presets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHAT_REPLY, RESPONSE_REPLY } from './sent.ts';

const TOKEN = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.of-entra';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Requests as they go out, and a reply for each. */
function sending(replies: unknown = CHAT_REPLY) {
  const sent: { url: string; headers: Headers; body: Record<string, unknown> }[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(init?.body as string) as Record<string, unknown>;
    sent.push({ url: url as string, headers: new Headers(init?.headers), body });
    return Response.json(replies);
  };
  return { sent, fetch };
}

async function failure(asked: Promise<unknown>): Promise<MortiseError> {
  return asked.then(
    (reply) => expect.fail(`It did not fail: ${JSON.stringify(reply)}`),
    (error: unknown) => error as MortiseError,
  );
}

describe('the address', () => {
  it('is the v1 path, where the model is the deployment, with the key in api-key', async () => {
    vi.stubEnv('AZURE_OPENAI_API_KEY', 'azure-key');
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-openai');
    const { sent, fetch } = sending(RESPONSE_REPLY);
    const llm = new OpenAILLM({ ...azure({ resource: 'eu-search' }), model: 'my-gpt', fetch });
    const { server } = await llm.chat('q');
    expect(server).toBe('azure eu-search');
    const [request] = sent;
    expect(request!.url).toBe('https://eu-search.openai.azure.com/openai/v1/responses');
    expect(request!.body).toMatchObject({ model: 'my-gpt' });
    expect(request!.headers.get('api-key')).toBe('azure-key');
    expect(request!.headers.get('authorization')).toBeNull();
  });

  it('is the classic path of a deployment, with the version, for chat and embeddings', async () => {
    const { sent, fetch } = sending();
    const classic = azure({
      resource: 'https://eu-search.openai.azure.com/',
      deployment: 'my gpt',
      apiVersion: '2024-10-21',
    });
    await new OpenAILLM({ ...classic, model: 'gpt', apiKey: 'k', fetch }).chat('q');
    const vectors = sending({ data: [{ index: 0, embedding: [1, 0] }] });
    await new OpenAIEmbedding({ ...classic, model: 'e', apiKey: 'k', fetch: vectors.fetch }).embedText('q');
    const root = 'https://eu-search.openai.azure.com/openai/deployments/my%20gpt';
    expect(sent[0]!.url).toBe(`${root}/chat/completions?api-version=2024-10-21`);
    expect(vectors.sent[0]!.url).toBe(`${root}/embeddings?api-version=2024-10-21`);
    expect(vectors.sent[0]!.headers.get('api-key')).toBe('k');
  });

  it.each([
    ['no resource', { resource: '' }, 'resource'],
    ['a path as its name', { resource: 'a.test/b' }, 'resource'],
    ['a deployment without a version', { resource: 'r', deployment: 'd' }, 'apiVersion'],
  ])('%s is configuration', (_name, options, words) => {
    expect(() => azure(options)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(words) }),
    );
  });

  it('a missing key names its variable', async () => {
    vi.stubEnv('AZURE_OPENAI_API_KEY', undefined);
    const { sent, fetch } = sending();
    const llm = new OpenAILLM({ ...azure({ resource: 'r' }), model: 'm', fetch, retry: false });
    expect(await failure(llm.chat('q'))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('AZURE_OPENAI_API_KEY'),
    });
    expect(sent).toEqual([]);
  });
});

describe('a token of Entra ID', () => {
  it('is asked for before each request, retries included, and goes out as Bearer', async () => {
    vi.stubEnv('AZURE_OPENAI_API_KEY', 'azure-key');
    const given: string[] = [];
    const token = async () => {
      given.push(`${TOKEN}-${given.length}`);
      return given.at(-1)!;
    };
    await using wire = await startWire((_request, reply) =>
      wire.requests.length === 1
        ? json(reply, { error: { message: 'busy' } }, { status: 500 })
        : json(reply, RESPONSE_REPLY),
    );
    const connection = { ...azure({ resource: wire.url, token }), retry: { baseDelayMs: 1 } };
    const llm = new OpenAILLM({ ...connection, model: 'm' });
    await llm.chat('q');
    await llm.chat('q');
    expect(wire.requests.map(({ headers }) => headers['authorization'])).toEqual(
      [0, 1, 2].map((at) => `Bearer ${TOKEN}-${at}`),
    );
    expect(wire.requests.map(({ headers }) => headers['api-key'])).toEqual([undefined, undefined, undefined]);
    expect(wire.requests[0]!.path).toBe('/openai/v1/responses');
  });

  it('C-09: shows in no error, and not in the model', async () => {
    await using wire = await startWire((request, reply) =>
      json(reply, { error: { message: `I got ${request.headers['authorization']}` } }, { status: 400 }),
    );
    const connection = azure({ resource: wire.url, token: () => TOKEN });
    const llm = new OpenAILLM({ ...connection, model: 'm', retry: false });
    const embedding = new OpenAIEmbedding({ ...connection, model: 'm', retry: false });
    for (const ask of [
      () => llm.chat('q'),
      () => llm.streamChat('q').final(),
      () => embedding.embedText('q'),
    ]) {
      const error = await failure(ask());
      expect(error.message).toContain('I got');
      const shown = [error, llm, embedding].map((each) => inspect(each, { depth: 12, showHidden: true }));
      expect(`${shown.join('')}${JSON.stringify(error)}${JSON.stringify(llm)}`).not.toContain('of-entra');
    }
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no identity here')), 'authentication', 'no identity here'],
    ['is nothing', () => '', 'configuration', 'token gave nothing'],
    ['has a line break', () => `${TOKEN}\n`, 'configuration', 'token gave nothing'],
  ])('that %s is typed, and nothing is sent', async (_name, token, code, words) => {
    const { sent, fetch } = sending();
    const llm = new OpenAILLM({ ...azure({ resource: 'r', token }), model: 'm', fetch, retry: false });
    const error = await failure(llm.chat('q'));
    expect(error).toMatchObject({ code, retryable: false, message: expect.stringContaining(words) });
    expect(String(error)).not.toContain('of-entra');
    expect(sent).toEqual([]);
  });

  it('C-01: C-04: that does not come is left at the abort and at the time bound', async () => {
    const never = () => new Promise<string>(() => undefined);
    const options = { ...azure({ resource: 'r', token: never }), model: 'm', retry: false as const };
    const late = await failure(new OpenAILLM({ ...options, timeoutMs: 30 }).chat('q'));
    expect(late.code).toBe('timeout');
    const reason = new Error('enough');
    const aborted = new OpenAILLM(options).chat('q', { signal: AbortSignal.any([aborting(reason)]) });
    expect(await failure(aborted)).toBe(reason);
  });
});

function aborting(reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 10);
  return controller.signal;
}

const safe = { filtered: false, severity: 'safe' };
const hate = { hate: { filtered: true, severity: 'high' }, violence: safe };

describe('filtered content', () => {
  it.each([400, 200])('of a prompt is content-filter with its categories, status %i', async (status) => {
    const error = {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { ...hate, jailbreak: { filtered: true, detected: true } },
      },
    };
    await using wire = await startWire((_request, reply) => json(reply, { error }, { status }));
    const connection = azure({ resource: wire.url, deployment: 'd', apiVersion: '2024-10-21' });
    const llm = new OpenAILLM({ ...connection, model: 'm', apiKey: 'k', retry: false });
    for (const ask of [() => llm.chat('q'), () => llm.streamChat('q').final()])
      expect(await failure(ask())).toMatchObject({
        code: 'content-filter',
        retryable: false,
        message: expect.stringContaining('policy.: hate, jailbreak.'),
      });
  });

  it('of a reply ends it, and says the categories, whole and streamed', async () => {
    const prompt_filter_results = [{ prompt_index: 0, content_filter_results: { hate: safe } }];
    const start = { id: 'c', model: 'm' };
    const chunks = [
      { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results },
      {
        ...start,
        choices: [{ index: 0, delta: { role: 'assistant', content: 'I ' }, content_filter_results: {} }],
      },
      {
        ...start,
        choices: [
          {
            index: 0,
            delta: { content: 'hate' },
            content_filter_results: { hate: safe },
            finish_reason: null,
          },
        ],
      },
      {
        ...start,
        choices: [{ index: 0, delta: {}, content_filter_results: hate, finish_reason: 'content_filter' }],
      },
    ];
    const message = { role: 'assistant', content: 'I hate' };
    const choice = { index: 0, message, content_filter_results: hate, finish_reason: 'content_filter' };
    await using wire = await startWire((request, reply) =>
      (request.body as { stream?: boolean }).stream === true
        ? eventStream(reply, [...chunks.map((each) => JSON.stringify(each)), '[DONE]'])
        : json(reply, { ...start, choices: [choice], prompt_filter_results }),
    );
    const connection = azure({ resource: wire.url, deployment: 'd', apiVersion: '2024-10-21' });
    const llm = new OpenAILLM({ ...connection, model: 'm', apiKey: 'k', retry: false });
    const whole = await llm.chat('q');
    const streamed = await llm.streamChat('q').final();
    for (const reply of [whole, streamed]) {
      expect(reply.text).toBe('I hate');
      expect(reply.finishReason).toEqual({ unified: 'content-filter', raw: 'content_filter' });
      expect(reply.providerMetadata).toEqual({
        openai: { prompt_filter_results, content_filter_results: hate },
      });
      expect(reply.id).toBe('c');
    }
  });
});
