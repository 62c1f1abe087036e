import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import { fromLangChain } from '@mortise/langchain';
import { chatDouble } from './doubles.ts';

const key = ['s3cret', 'key', '0042'].join('-');
const word = ['pass', 'word', '0042'].join('-');
const once = { retry: false } as const;

/** All that a program can print of an error. */
function shown(error: unknown): string {
  const { message, stack } = error as Error;
  return [message, stack, JSON.stringify(error), inspect(error, { depth: 12, showHidden: true })].join('\n');
}

const thrownBy = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
};

async function failureOf(loader: object, options?: { item: string }): Promise<unknown> {
  const failures: unknown[] = [];
  const reader = fromLangChain({ load: async () => [], ...loader }, options);
  for await (const _ of reader.read({ onError: (failure) => failures.push(failure.error) }));
  return failures[0];
}

/** Things of theirs with `members`, each of which fails with `failure`. */
const kinds: Record<string, (failure: unknown, members?: object) => Promise<unknown>> = {
  'a chat model': (failure, members) => {
    const model = chatDouble({ reply: () => Promise.reject(failure), ...members });
    return thrownBy(() => fromLangChain(model, once).chat('q'));
  },
  embeddings: (failure, members) => {
    const fail = () => Promise.reject(failure);
    const theirs = { embedQuery: fail, embedDocuments: fail, ...members };
    return thrownBy(() => fromLangChain(theirs, once).embedQuery('q'));
  },
  'a vector store': (failure, members) => {
    const fail = () => Promise.reject(failure);
    const theirs = { addVectors: fail, delete: fail, similaritySearchVectorWithScore: fail, ...members };
    const query = { embedding: Float32Array.of(1), topK: 1 };
    return thrownBy(() => fromLangChain(theirs).query(query));
  },
  'a retriever': (failure, members) => {
    const fail = () => Promise.reject(failure);
    const theirs = { invoke: fail, _getRelevantDocuments: fail, ...members };
    return thrownBy(() => fromLangChain(theirs).retrieve('q'));
  },
  'a splitter': (failure, members) => {
    const fail = () => Promise.reject(failure);
    const theirs = { splitText: fail, splitDocuments: fail, ...members };
    const nodes = [{ type: 'text', id: 'a', text: 't', metadata: {} } as const];
    return thrownBy(() => fromLangChain(theirs).transform(nodes));
  },
  'a loader': (failure, members) => failureOf({ load: () => Promise.reject(failure), ...members }),
};

const echoes = (fields: object = {}) => Object.assign(new Error(`The key ${key} is wrong.`), fields);

describe.each(Object.entries(kinds))('an error of %s', (_, failed) => {
  it.each<[string, object]>([
    ['its member', { apiKey: key }],
    ['its secrets by name', { lc_secrets: { mine: 'MINE' }, mine: key }],
    ['its arguments', { lc_kwargs: { accessToken: key } }],
    ['its credentials', { config: { credentials: { secretAccessKey: key } } }],
    ['its client', { clientConfig: { apiKey: key } }],
    ['the headers of its client', { clientConfig: { defaultHeaders: { 'x-mine': key } } }],
    ['its headers', { headers: { 'x-figma-token': key } }],
    ['the query of its address', { url: `https://host.test/page?key=${key}` }],
    ['the password of its address', { webPath: `https://bob:${key}@host.test/page` }],
    ['the password of its address, escaped', { url: `https://b:${key.replace('-', '%2D')}@host.test` }],
    ['its embeddings', { embeddings: { apiKey: key } }],
    ['the embeddings of its store', { vectorStore: { embeddings: { apiKey: key } } }],
  ])('does not show the key of %s', async (__, members) => {
    const error = await failed(echoes({ status: 401 }), members);
    expect(error).toMatchObject({ code: 'authentication', message: expect.stringContaining('[redacted]') });
    expect(shown(error)).not.toContain(key);
  });

  it.each<[string, object]>([
    ['config', { config: { headers: { Authorization: `Bearer ${key}`, Accept: 'text/plain' } } }],
    ['request', { request: { headers: { 'X-Api-Key': key } } }],
    ['request, as Headers', { request: { headers: new Headers({ cookie: `session=${key}` }) } }],
    ['request, as a list', { request: { headers: { 'x-goog-api-key': [key] } } }],
    ['options', { options: { headers: { 'x-amz-security-token': key } } }],
    ['reply', { response: { config: { headers: { authorization: `Bearer ${key}` } } } }],
    ['cause', { cause: { config: { headers: { authorization: `Bearer ${key}` } } } }],
    ['address', { config: { url: `https://host.test/v1?key=${key}` } }],
  ])('does not show a key that its %s alone has', async (__, fields) => {
    for (const status of [{ status: 401 }, {}]) {
      const error = await failed(echoes({ ...fields, ...status }));
      expect((error as Error).message).toContain('The key [redacted] is wrong');
      expect(shown(error)).not.toContain(key);
    }
  });

  it('does not show a key that was thrown as a text', async () => {
    const error = await failed(`The key ${key} is wrong.`, { apiKey: key });
    expect(error).toBeInstanceOf(Error);
    expect(shown(error)).not.toContain(key);
  });

  it('keeps words that stand in headers and members without a key', async () => {
    const failure = Object.assign(new Error('text/plain: no page_content of reader/1.0 for mine-1'), {
      config: {
        headers: { Accept: 'text/plain', 'User-Agent': 'reader/1.0', 'Idempotency-Key': 'mine-1' },
      },
    });
    const error = await failed(failure, { textKey: 'page_content', maxTokens: 9 });
    expect((error as Error).message).toContain(failure.message);
    expect([error, (error as Error).cause]).toContain(failure);
  });

  it('is the error, whatever its members throw when they are looked at', async () => {
    const no = (): never => {
      throw new Error('not this one');
    };
    const members = Object.defineProperties(
      { apiKey: key, headers: new Proxy({}, { ownKeys: no, get: no }) },
      { token: { get: no, enumerable: true } },
    );
    const circle: { cause?: unknown; request: unknown } = { request: members };
    circle.cause = circle;
    const error = await failed(echoes({ status: 401, cause: circle }), {
      client: members,
      vectorStore: members,
    });
    expect(error).toMatchObject({ code: 'authentication' });
    expect(shown(error)).not.toContain(key);
  });
});

describe('the item of a loader', () => {
  const itemOf = async (webPath: string, options?: { item: string }) => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => events.push(event));
    const items: (string | undefined)[] = [];
    const loader = { webPath, load: async () => [{ pageContent: 't', metadata: {} }] };
    const reader = fromLangChain(loader, options);
    for await (const { item } of reader.read()) items.push(item);
    const failure = () => Promise.reject(new Error('gone'));
    const error = await failureOf({ webPath, load: failure }, options);
    stop();
    expect(events.some(({ name }) => name === 'warning')).toBe(true);
    return { item: items[0], all: `${shown(error)}\n${JSON.stringify(events)}` };
  };

  it.each([
    `https://bob:${word}@host.test/page?token=${key}#part`,
    `https://host.test/page?token=${key}`,
    `https://${word}@host.test/page`,
    `  HTTPS://bob:${word}@host.test/page`,
    `https://host.test/page#token=${key}`,
  ])('has no credentials and no query of its address, in errors and events neither: %#', async (webPath) => {
    const { item, all } = await itemOf(webPath);
    expect(item).toMatch(/^https:\/\/host\.test\/page#[0-9a-f]{12}$/);
    expect(all).toContain(item);
    expect(all).not.toContain(key);
    expect(all).not.toContain(word);
  });

  it('is another one for another page, and the same in every run', async () => {
    const pages = ['?page=1', '?page=2', '?page=1'].map((query) => itemOf(`https://host.test/${query}`));
    const [one, two, again] = (await Promise.all(pages)).map(({ item }) => item);
    expect(one).not.toBe(two);
    expect(again).toBe(one);
  });

  it.each(['https://host.test/page', 'https://host.test', 'C:\\page?.txt', 'a b?.txt', '/a/b@c.txt'])(
    'stays as it is where there is nothing to hide: %s',
    async (webPath) => {
      expect((await itemOf(webPath)).item).toBe(webPath);
    },
  );

  it('is what the caller gives', async () => {
    const item = 'https://host.test/page?n=1';
    expect((await itemOf(`https://host.test/?token=${key}`, { item })).item).toBe(item);
  });
});

it('the fingerprint of a splitter has no keys of its settings', () => {
  const nothing = async () => [];
  const lc_kwargs = { chunkSize: 9, apiKey: key };
  const theirs = { splitText: nothing, splitDocuments: nothing, lc_kwargs };
  expect(fromLangChain(theirs).fingerprint).toBe('langchain:Object:{"apiKey":"[redacted]","chunkSize":9}');
});
