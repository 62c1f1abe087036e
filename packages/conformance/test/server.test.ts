import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  eventStream,
  json,
  openAIChatCompletions,
  openAIEmbeddings,
  reportOf,
  runTests,
  serverConformance,
  startWire,
  type AnswerPart,
  type WireReply,
  type WireRequest,
} from '@mortise/conformance';
import { isObject, type JsonObject } from '@mortise/core/shared';
import { describe, expect, it, onTestFinished } from 'vitest';

interface Server {
  /** What a whole reply becomes on its way out. */
  readonly body?: (body: JsonObject, request: JsonObject) => JsonObject;
  /** What the events of a stream become. */
  readonly frames?: (data: string[], request: JsonObject) => string[];
  readonly type?: string;
  /** Answers before anything else does. */
  readonly first?: (request: WireRequest, reply: WireReply) => boolean;
  readonly vectors?: (vectors: number[][], request: JsonObject) => number[][];
}

const KEY = 'sk-right';

/** A server that does all that is asked, but for what the test says. */
async function serve(changed: Server = {}): Promise<string> {
  let replies = 0;
  const wire = await startWire((request, reply) => {
    if (changed.first?.(request, reply) === true) return;
    const refuse = (status: number, message: string): void => json(reply, { error: { message } }, { status });
    if (request.headers['authorization'] !== `Bearer ${KEY}`) return refuse(401, 'Who are you?');
    if (!isObject(request.body)) return refuse(400, 'That is no JSON.');
    const asked = request.body as JsonObject;
    if (request.path.endsWith('/embeddings')) return embed(request, asked, reply, changed);
    if (asked['model'] !== 'good') return refuse(404, 'There is no such model.');
    if (!Array.isArray(asked['messages'])) return refuse(422, 'messages is no list.');
    const part = partOf(asked);
    const long = asked['max_tokens'] === 5;
    const answer = {
      id: `chatcmpl-${++replies}`,
      model: 'good',
      parts: [part],
      finish: long ? 'length' : part.type === 'tool-call' ? 'tool-calls' : 'stop',
      usage: { inputTokens: 12, outputTokens: 5 },
    } as const;
    if (asked['stream'] !== true) {
      const body = openAIChatCompletions.body(answer);
      return json(reply, changed.body?.(body, asked) ?? body);
    }
    const frames = openAIChatCompletions.frames(answer).map(({ data }) => data);
    const headers = { 'content-type': changed.type ?? 'text/event-stream' };
    return eventStream(reply, changed.frames?.(frames, asked) ?? frames, { headers });
  });
  onTestFinished(() => wire.close());
  return `${wire.url}/v1`;
}

function partOf(asked: JsonObject): AnswerPart {
  if (asked['tool_choice'] !== undefined)
    return { type: 'tool-call', id: 'call_9', name: 'weather', pieces: ['{"ci', 'ty":"Lisbon"}'] };
  const text = JSON.stringify(asked['messages']);
  if (asked['response_format'] !== undefined)
    return { type: 'text', pieces: ['{"city":"Lisbon",', '"degrees":21}'] };
  if (text.includes('Repeat exactly')) return { type: 'text', pieces: ['Grüße ', '😀'] };
  if (text.includes('red, green')) return { type: 'text', pieces: ['red, '] };
  return { type: 'text', pieces: ['Hel', 'lo.'] };
}

function embed(request: WireRequest, asked: JsonObject, reply: WireReply, changed: Server): void {
  const { input } = asked;
  if (typeof input !== 'string' && !Array.isArray(input))
    return json(reply, { error: { message: 'input is no text.' } }, { status: 400 });
  const texts = [input].flat() as string[];
  const vectors = vectorsOf(texts);
  const rows = (changed.vectors?.(vectors, asked) ?? vectors).map((vector, index) => ({ index, vector }));
  const encoding = openAIEmbeddings.encoding(request);
  return json(reply, openAIEmbeddings.body(rows, { model: 'good', encoding, inputTokens: 9 }));
}

const vectorsOf = (texts: readonly string[]): number[][] =>
  texts.map((text) => [text.length / 100, text.charCodeAt(2) / 100, 0.5]);

// Node 22.13 runs no TypeScript; on the tarballs there is none.
const published = process.env['MORTISE_TARBALLS'] === '1';
const cli = fileURLToPath(new URL(published ? '../dist/cli.js' : '../src/cli.ts', import.meta.url));

/** What came of each case by the command, what it printed, and its exit code. */
async function commanded(
  contract: string,
  baseURL: string,
): Promise<{ code: number; printed: string; verdicts: unknown }> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const asked = [contract, '--base-url', baseURL, '--model', 'good', '--api-key-env', 'KEY_OF_SERVER'];
  const report = ['--yes', '--quiet', '--json', join(folder, 'r.json')];
  const node = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', cli];
  const env = { ...process.env, KEY_OF_SERVER: KEY };
  const [code, printed] = await new Promise<[number, string]>((resolve) =>
    execFile(process.execPath, [...node, ...asked, ...report], { env }, (error, stdout, stderr) =>
      resolve([Number(error?.code ?? 0), stdout + stderr]),
    ),
  );
  return { code, printed, verdicts: JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')) };
}

async function failures(contract: 'llm' | 'embedding', changed: Server = {}): Promise<string[]> {
  const baseURL = await serve(changed);
  const { results } = await runTests((test) =>
    serverConformance(test, { contract, baseURL, model: 'good', apiKey: KEY }),
  );
  expect(results[0]?.cases.some(({ status }) => status === 'not-run')).toBe(false);
  return results[0]!.cases.filter(({ status }) => status === 'failed').map(({ id }) => id);
}

/** Whether a reader has left the server that answers nobody then. */
let left = false;

const choice = (body: JsonObject): JsonObject => (body['choices'] as JsonObject[])[0]!;
const calls = (body: JsonObject): JsonObject[] =>
  ((choice(body)['message'] as JsonObject)['tool_calls'] ?? []) as JsonObject[];

describe('a server that runs', () => {
  it('passes every case where it does all that is asked', async () => {
    expect(await failures('llm')).toEqual([]);
    expect(await failures('embedding')).toEqual([]);
  });

  it.each<[string, Server, string[]]>([
    [
      'says nothing of why it ended',
      {
        body: (body, { messages }) => {
          if (JSON.stringify(messages).includes('Say hello')) delete choice(body)['finish_reason'];
          return body;
        },
      },
      ['server.reply', 'server.stream.left'],
    ],
    [
      'answers nobody after a reader that left',
      {
        first: ({ body }, reply) => {
          const { stream, max_tokens: most } = (body ?? {}) as JsonObject;
          if (stream === true && most === 200 && !('tools' in (body as JsonObject))) left = true;
          if (!left || stream === true) return false;
          left = false;
          json(reply, { error: { message: 'busy' } }, { status: 503 });
          return true;
        },
      },
      ['server.stream.left'],
    ],
    [
      'takes no results of tools',
      {
        first: ({ body }, reply) => {
          if (!JSON.stringify(body ?? '').includes('"tool_call_id"')) return false;
          json(reply, { error: { message: 'role' } }, { status: 400 });
          return true;
        },
      },
      ['server.tools.result'],
    ],
    [
      'pours without an end',
      {
        first: ({ body }, reply) => {
          if (!JSON.stringify(body ?? '').includes('from one to fifty')) return false;
          reply.writeHead(200, { 'content-type': 'application/json' });
          const pour = (): void => {
            while (!reply.destroyed && reply.write(' '.repeat(65_536)));
            reply.once('drain', pour);
          };
          pour();
          return true;
        },
      },
      ['server.length'],
    ],
    ['counts nothing', { body: (body) => (delete body['usage'], body) }, ['server.usage']],
    [
      'counts another total',
      { body: (body) => ({ ...body, usage: { ...(body['usage'] as JsonObject), total_tokens: 3 } }) },
      ['server.usage'],
    ],
    ['never says [DONE]', { frames: (data) => data.slice(0, -1) }, ['server.stream']],
    ['streams as plain text', { type: 'text/plain' }, ['server.stream']],
    [
      'gives no reason',
      {
        frames: (data) =>
          data.map((line) => line.replace(/"finish_reason":"[a-z_]+"/, '"finish_reason":null')),
      },
      ['server.stream'],
    ],
    [
      'breaks characters',
      { frames: (data) => data.map((line) => line.replace('ü', '\uFFFD')) },
      ['server.stream.bytes'],
    ],
    [
      'never counts in streams',
      { frames: (data) => data.filter((line) => !line.includes('"prompt_tokens"')) },
      ['server.stream.usage'],
    ],
    [
      'says stop at its limit',
      {
        body: (body) => (
          choice(body)['finish_reason'] === 'length' && (choice(body)['finish_reason'] = 'stop'),
          body
        ),
      },
      ['server.length'],
    ],
    [
      'says the stop sequence',
      {
        body: (body, { stop }) => {
          if (stop !== undefined) (choice(body)['message'] as JsonObject)['content'] = 'red, green';
          return body;
        },
      },
      ['server.stop'],
    ],
    ['gives every reply one id', { body: (body) => ({ ...body, id: 'one' }) }, ['server.together']],
    [
      'gives arguments as an object',
      {
        body: (body) => {
          for (const call of calls(body)) (call['function'] as JsonObject)['arguments'] = { city: 'Lisbon' };
          return body;
        },
      },
      ['server.tools'],
    ],
    [
      'gives calls no ids',
      { frames: (data) => data.map((line) => line.replace('"id":"call_9"', '"id":""')) },
      ['server.tools.stream'],
    ],
    [
      'forgets the schema',
      {
        body: (body, { response_format: format }) => {
          if (format !== undefined) (choice(body)['message'] as JsonObject)['content'] = 'Lisbon, 21';
          return body;
        },
      },
      ['server.schema'],
    ],
    [
      'answers whatever the model is called',
      {
        first: (request) => (
          isObject(request.body) && ((request.body as JsonObject)['model'] = 'good'),
          false
        ),
      },
      ['server.refuses.model'],
    ],
    [
      'refuses with a page',
      {
        first: ({ body }, reply) => {
          if (isObject(body)) return false;
          reply.writeHead(400, { 'content-type': 'text/html' }).end('<h1>Bad request</h1>');
          return true;
        },
      },
      ['server.refuses.body'],
    ],
    [
      'fails at what it should refuse',
      {
        first: ({ body }, reply) => {
          if (typeof (body as JsonObject | undefined)?.['messages'] !== 'string') return false;
          json(reply, { error: { message: 'TypeError' } }, { status: 500 });
          return true;
        },
      },
      ['server.refuses.messages'],
    ],
    [
      'takes any key',
      {
        first: (request) => (
          ((request.headers as Record<string, string>)['authorization'] = `Bearer ${KEY}`),
          false
        ),
      },
      ['server.refuses.key'],
    ],
  ])('is told when it %s', async (_what, changed, ids) => {
    expect(await failures('llm', changed)).toEqual(ids);
  });

  it.each<[string, Server, string[]]>([
    [
      'gives vectors of several lengths',
      {
        vectors: (vectors) =>
          vectors.length === 3 ? vectors.map((row, at) => [...row, ...row].slice(at)) : vectors,
      },
      ['server.embeddings', 'server.embeddings.order'],
    ],
    [
      'counts nothing',
      {
        first: ({ body }, reply) => {
          const { input } = body as { input: unknown };
          if (!Array.isArray(input) || input.length !== 3) return false;
          const data = vectorsOf(input as string[]).map((embedding, index) => ({ index, embedding }));
          json(reply, { data });
          return true;
        },
      },
      ['server.embeddings.usage'],
    ],
    [
      'fails at what it should refuse',
      {
        first: ({ body }, reply) => {
          if (!isObject((body as JsonObject)['input'])) return false;
          json(reply, { error: { message: 'TypeError' } }, { status: 500 });
          return true;
        },
      },
      ['server.embeddings.refuses'],
    ],
    ['mixes vectors up', { vectors: (vectors) => vectors.toReversed() }, ['server.embeddings.order']],
    ['leaves vectors out', { vectors: (vectors) => vectors.slice(0, 31) }, ['server.embeddings.many']],
    [
      'computes base64 otherwise',
      {
        vectors: (vectors, { encoding_format: format }) =>
          format === 'base64' ? vectors.map((row) => row.map((x) => x + 1)) : vectors,
      },
      ['server.embeddings.base64'],
    ],
  ])('of embeddings is told when it %s', async (_what, changed, ids) => {
    expect(await failures('embedding', changed)).toEqual(ids);
  });

  it.runIf(published || process.features.typescript).each<['llm' | 'embedding', Server, number]>([
    ['llm', {}, 0],
    ['llm', { body: (body) => ({ ...body, id: 'one' }) }, 1],
    ['embedding', { vectors: (vectors) => vectors.toReversed() }, 1],
  ])('as %s has the same verdicts by the command', async (contract, changed, code) => {
    const baseURL = await serve(changed);
    const { results } = await runTests((test) =>
      serverConformance(test, { contract, baseURL, model: 'good', apiKey: KEY }),
    );
    expect(await commanded(contract, baseURL)).toMatchObject({ code, verdicts: reportOf(results) });
  });

  it.runIf(published || process.features.typescript)(
    'that says again what it was sent is not repeated: not in reports, nor in what is printed',
    async () => {
      const token = ['t0ken', 'of', 'the', 'query'].join('-');
      const baseURL = await serve({
        first({ path, headers }, reply) {
          reply.writeHead(404).end(`Cannot POST ${path} by ${headers['authorization']}`);
          return true;
        },
      });
      const { printed, verdicts } = await commanded('embedding', `${baseURL}?token=${token}`);
      const shown = printed + JSON.stringify(verdicts);
      expect(shown).toContain('Cannot POST /v1/embeddings?token=[redacted] by Bearer [redacted]');
      expect(shown).not.toMatch(new RegExp(`${token}|${KEY}`));
    },
  );

  it('is not asked for what it is said to lack', async () => {
    const baseURL = await serve();
    const { results } = await runTests((test) =>
      serverConformance(test, {
        contract: 'llm',
        baseURL,
        model: 'good',
        reasons: { tools: 'It has none.' },
      }),
    );
    const skipped = results[0]!.cases.filter(({ status }) => status === 'skipped').map(({ id }) => id);
    expect(skipped).toEqual([
      'server.tools',
      'server.tools.stream',
      'server.tools.result',
      'server.refuses.key',
    ]);
  });

  it('is asked with the query and the credentials of its address', async () => {
    const asked: unknown[] = [];
    const address = new URL(
      await serve({
        first({ path, headers }, reply) {
          asked.push([path, headers['authorization']]);
          reply.writeHead(500).end();
          return true;
        },
      }),
    );
    Object.assign(address, { username: 'me', password: 'p@ss', pathname: '/v1//', search: '?version=1' });
    await runTests(
      (test) => serverConformance(test, { contract: 'llm', baseURL: address.href, model: 'good' }),
      { cases: ['server.reply'] },
    );
    expect(asked[0]).toEqual(['/v1/chat/completions?version=1', `Basic ${btoa('me:p@ss')}`]);
  });

  it('that is not there is said to be so, without the key', async () => {
    const { results } = await runTests(
      (test) =>
        serverConformance(test, {
          contract: 'llm',
          baseURL: 'http://127.0.0.1:1/v1?token=p4ssw0rd',
          model: 'm',
          apiKey: KEY,
        }),
      { cases: ['server.reply'] },
    );
    expect(results[0]?.cases).toMatchObject([
      {
        status: 'failed',
        error: expect.stringContaining('http://127.0.0.1:1/v1/chat/completions cannot be reached'),
      },
    ]);
    expect(JSON.stringify(results)).not.toMatch(new RegExp(`${KEY}|p4ssw0rd`));
  });
});
