import { join } from 'node:path';
import { fromUIMessages, toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import { MortiseError, toolCallBlock, type ChatStreamEvent, type LLM } from '@mortise/core';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { streamTools, tool } from '@mortise/toolkit';
import { build } from 'esbuild';
import { Hono } from 'hono';

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const weather = tool({ name: 'weather', description: 'x', parameters, execute: () => 'sunny' });
const broken = tool({
  name: 'broken',
  description: 'x',
  parameters,
  execute: () => Promise.reject(new Error('ENOENT /etc/secret')),
});

const replies: readonly ScriptedReply[] = [
  [
    { type: 'reasoning', text: 'The weather, then.', signature: 'sig' },
    toolCallBlock('c1', 'weather', '{"city":"Rome"}'),
    toolCallBlock('c2', 'broken', '{}'),
  ],
  [
    {
      type: 'text',
      text: 'It is sunny in Rome \u2028 😀.',
      citations: [{ type: 'citation', url: 'https://weather.example/rome', title: 'Weather in Rome' }],
    },
  ],
];

/** Says a little, and fails. */
class FailingLLM extends ScriptedLLM {
  override async *doStream(): AsyncGenerator<ChatStreamEvent> {
    yield { type: 'text-delta', index: 0, delta: 'It is ' };
    yield { type: 'text-delta', index: 0, delta: 'sun' };
    throw new MortiseError('overloaded', 'http://10.0.0.1 with key sk-123 is overloaded.');
  }
}

/** The server of the page: models by their kind. */
export function app(models: Readonly<Record<string, LLM>>): Hono {
  const modelOf = (kind: string): LLM =>
    models[kind] ??
    (kind === 'fails' ? new FailingLLM({ replies: [], retry: false }) : new ScriptedLLM({ replies }));
  const server = new Hono();
  server.get('/', (c) =>
    c.html('<!doctype html><meta charset="utf-8"><div id="root"></div><script src="/page.js"></script>'),
  );
  server.get('/page.js', async (c) =>
    c.body(await pageProgram(), 200, { 'content-type': 'text/javascript' }),
  );
  server.post('/api/chat', (c) => {
    const kind = c.req.query('kind') ?? '';
    const llm = modelOf(kind);
    const stream =
      kind === 'text' ? new ScriptedLLM({ replies: replies.slice(1) }).streamChat('x') : llm.streamChat('x');
    return stream.toResponse({ signal: c.req.raw.signal });
  });
  server.post('/api/ui', async (c) => {
    const { messages } = await c.req.json<{ messages: unknown }>();
    const asked = fromUIMessages(messages);
    const kind = JSON.stringify(asked.at(-1)?.content).match(/"text":"(\w+)"/)?.[1] ?? '';
    const stream = streamTools(modelOf(kind), asked, { tools: [weather, broken] });
    const show = { reasoning: true, metadata: true };
    return toUIMessageStreamResponse(stream, { show, signal: c.req.raw.signal });
  });
  return server;
}

let program: Promise<string> | undefined;

/** For a browser, with React and the AI SDK in it. */
function pageProgram(): Promise<string> {
  return (program ??= build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    conditions: ['mortise-source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    logLevel: 'error',
  }).then(({ outputFiles }) => outputFiles[0]!.text));
}
