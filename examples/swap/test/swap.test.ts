import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { awsFrames, eventStream, startWire } from '@mortise/conformance';
import { expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '..');
const node = resolve(folder, '../../node_modules/.bin/node');

interface Provider {
  readonly key: string;
  readonly base: string;
  readonly path: string;
  readonly events: readonly { readonly type: string | undefined; readonly [member: string]: unknown }[];
  /** AWS's frames, and no event stream. */
  readonly isBinary?: boolean;
}

/** What each provider sends for the text `Blue light scatters.`, and where it is asked. */
const PROVIDERS = {
  openai: {
    key: 'OPENAI_API_KEY',
    base: '/v1',
    path: '/v1/responses',
    events: [
      {
        type: 'response.created',
        response: { id: 'r', object: 'response', status: 'in_progress', output: [] },
      },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', id: 'm', role: 'assistant', status: 'in_progress', content: [] },
      },
      {
        type: 'response.content_part.added',
        output_index: 0,
        content_index: 0,
        item_id: 'm',
        part: { type: 'output_text', text: '', annotations: [] },
      },
      ...['Blue light ', 'scatters.'].map((delta) => ({
        type: 'response.output_text.delta',
        output_index: 0,
        content_index: 0,
        item_id: 'm',
        delta,
      })),
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: openaiMessage('Blue light scatters.'),
      },
      {
        type: 'response.completed',
        response: {
          id: 'r',
          object: 'response',
          status: 'completed',
          model: 'some-model',
          output: [openaiMessage('Blue light scatters.')],
          usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
        },
      },
    ],
  },
  anthropic: {
    key: 'ANTHROPIC_API_KEY',
    base: '',
    path: '/v1/messages',
    events: [
      {
        type: 'message_start',
        message: {
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'some-model',
          content: [],
          stop_reason: null,
          usage: { input_tokens: 9, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...['Blue light ', 'scatters.'].map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text },
      })),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } },
      { type: 'message_stop' },
    ],
  },
  bedrock: {
    key: 'AWS_BEARER_TOKEN_BEDROCK',
    base: '',
    // The model, and that it is to stream, stand in the address.
    path: '/model/some-model/converse-stream',
    events: [
      { type: 'messageStart', role: 'assistant' },
      ...['Blue light ', 'scatters.'].map((text) => ({
        type: 'contentBlockDelta',
        contentBlockIndex: 0,
        delta: { text },
      })),
      { type: 'contentBlockStop', contentBlockIndex: 0 },
      { type: 'messageStop', stopReason: 'end_turn' },
      { type: 'metadata', usage: { inputTokens: 9, outputTokens: 4, totalTokens: 13 }, metrics: {} },
    ],
    isBinary: true,
  },
  cohere: {
    key: 'CO_API_KEY',
    base: '',
    path: '/v2/chat',
    events: [
      {
        type: 'message-start',
        id: 'm',
        delta: { message: { role: 'assistant', content: [], tool_calls: [] } },
      },
      {
        type: 'content-start',
        index: 0,
        delta: { message: { content: { type: 'text', text: '' } } },
      },
      ...['Blue light ', 'scatters.'].map((text) => ({
        type: 'content-delta',
        index: 0,
        delta: { message: { content: { text } } },
      })),
      { type: 'content-end', index: 0 },
      {
        type: 'message-end',
        delta: { finish_reason: 'COMPLETE', usage: { tokens: { input_tokens: 9, output_tokens: 4 } } },
      },
    ],
  },
  google: {
    key: 'GEMINI_API_KEY',
    base: '',
    // The model, and that it is to stream, stand in the address.
    path: '/v1beta/models/some-model:streamGenerateContent?alt=sse',
    events: ['Blue light ', 'scatters.'].map((text, at) => ({
      type: undefined,
      candidates: [
        { content: { parts: [{ text }], role: 'model' }, ...(at === 1 ? { finishReason: 'STOP' } : {}) },
      ],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4 },
    })),
  },
  mistral: {
    key: 'MISTRAL_API_KEY',
    base: '',
    path: '/v1/chat/completions',
    events: [
      ...['Blue light ', 'scatters.'].map((content, at) => ({
        type: undefined,
        id: 'm',
        object: 'chat.completion.chunk',
        model: 'some-model',
        created: 1_770_000_000,
        choices: [{ index: 0, delta: { content }, finish_reason: at === 1 ? 'stop' : null }],
        ...(at === 1 ? { usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } } : {}),
      })),
    ],
  },
} satisfies Record<string, Provider>;

function openaiMessage(text: string) {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: 'm', role: 'assistant', status: 'completed', content };
}

test('a change of provider changes one line', () => {
  const [openai, ...others] = Object.keys(PROVIDERS).map((name) => {
    return readFileSync(join(folder, `${name}.ts`), 'utf8').split('\n');
  });
  for (const other of others) {
    const differing = other.filter((line, at) => line !== openai?.[at]);
    expect(other).toHaveLength(openai?.length ?? 0);
    expect(differing).toHaveLength(1);
  }
});

test.for(Object.entries<Provider>(PROVIDERS))('the program runs on %s', async ([name, provider]) => {
  const { key, base, path, events } = provider;
  await using wire = await startWire((_request, reply) => {
    if (provider.isBinary === true) {
      reply.writeHead(200, { 'content-type': awsFrames.contentType });
      const frames = events.map(({ type = '', ...data }) =>
        awsFrames.bytes({ event: type, data: JSON.stringify(data) }),
      );
      return void reply.end(Buffer.concat(frames));
    }
    const frames = events.map((event) => {
      const data = JSON.stringify(event);
      return event.type === undefined ? data : { event: event.type, data };
    });
    return eventStream(reply, frames);
  });
  const result = await run(`${name}.ts`, ['some-model', `${wire.url}${base}`], { [key]: 'test-key' });
  expect(result).toEqual({
    code: 0,
    stdout: `Blue light scatters.\n(${name}: stop, 4 tokens)\n`,
    stderr: '',
  });
  expect(wire.requests.map((request) => request.path)).toEqual([path]);
  const asked = { model: 'some-model', stream: true };
  const says = { google: { contents: [{}] }, bedrock: { messages: [{}] } };
  expect(wire.requests[0]?.body).toMatchObject(says[name as keyof typeof says] ?? asked);
});

async function run(program: string, args: readonly string[], env: Record<string, string>) {
  const child = spawn(node, ['--conditions=mortise-source', join(folder, program), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise((done) => child.once('close', done));
  return { code, stdout, stderr };
}
