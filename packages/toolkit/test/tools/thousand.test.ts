import { getEventListeners } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { BaseLLM, toolCallBlock, type Attempt, type ChatReply, type ChatRequest } from '@mortise/core';
import { agentTool, runTools, streamTools, tool } from '@mortise/toolkit';
import { expect, it } from 'vitest';

const AGENTS = 1000;

/** A model behind a connection: what an abort leaves open is seen at the server. */
class RemoteLLM extends BaseLLM {
  readonly metadata = { isChatModel: true, capabilities: { tools: true } };
  readonly #url: string;

  constructor(url: string) {
    super({ provider: 'remote', model: 'm' });
    this.#url = url;
  }

  async doGenerate({ messages }: ChatRequest, { signal }: Attempt): Promise<ChatReply> {
    const response = await fetch(this.#url, { method: 'POST', body: String(messages.length), signal });
    const asks = (await response.text()) === 'call';
    const call = toolCallBlock('a', messages[0]?.content === 'deep' ? 'inner' : 'slow', '{"task":"x"}');
    return asks
      ? { content: [call], finishReason: { unified: 'tool-calls', raw: 'tool_calls' } }
      : { content: [{ type: 'text', text: 'done' }], finishReason: { unified: 'stop', raw: 'stop' } };
  }
}

const slow = tool({
  name: 'slow',
  description: 'x',
  parameters: { type: 'object' },
  execute: async (_args, { signal }) => {
    await wait(5, undefined, { signal });
    return 'ok';
  },
});

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

it(`C-03: of ${AGENTS} agents at once, half of them aborted, no listener, timer or connection is left`, async () => {
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    // Three steps, each of which takes a moment.
    request.on('end', () => setTimeout(() => response.end(Number(body) < 5 ? 'call' : 'answer'), 5));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const llm = new RemoteLLM(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const inner = agentTool({ name: 'inner', description: 'x', llm, tools: [slow] });
  const before = timers();
  const shared = new AbortController();
  const signals: AbortSignal[] = [shared.signal];
  const kinds = new Map<string, number>();
  const count = (kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1);

  await Promise.all(
    Array.from({ length: AGENTS }, async (_, at) => {
      const aborted = at % 2 === 1;
      const own = aborted ? new AbortController() : shared;
      if (aborted) signals.push(own.signal);
      const input = at % 5 === 0 ? 'deep' : 'x';
      const options = { tools: [slow, inner], signal: own.signal };
      // Spread over the time that the others take.
      if (aborted) setTimeout(() => own.abort('stop'), at / 2);
      try {
        if (at % 3 === 0) await runTools(llm, input, options);
        else for await (const _event of streamTools(llm, input, options));
        count(aborted ? 'answered before its abort' : 'answered');
      } catch (error) {
        count(error === 'stop' && aborted ? 'aborted' : `failed: ${String(error)}`);
      }
    }),
  );
  await wait(50);
  const left = signals.map((signal) => getEventListeners(signal, 'abort').length);
  const found = { listeners: Math.max(...left), timers: Math.max(0, timers() - before), requests: open.size };
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));

  expect(found).toEqual({ listeners: 0, timers: 0, requests: 0 });
  expect(kinds.get('answered')).toBe(AGENTS / 2);
  expect((kinds.get('aborted') ?? 0) + (kinds.get('answered before its abort') ?? 0)).toBe(AGENTS / 2);
  expect(kinds.get('aborted')).toBeGreaterThan(AGENTS / 4);
}, 600_000);
