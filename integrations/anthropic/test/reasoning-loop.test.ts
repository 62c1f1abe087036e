import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startWire, textFact } from '@mortise/conformance';
import { AnthropicLLM } from '@mortise/anthropic';
import { runTools, tool } from '@mortise/toolkit';

const fixture = readFileSync(new URL('fixtures/thinking.sse', import.meta.url));

interface Block {
  type: string;
  signature?: string;
  data?: string;
}

it('C-07: signed and redacted thinking goes through runTools and back, by its sha256', async () => {
  await using wire = await startWire((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.end(fixture);
  });
  const llm = new AnthropicLLM({ model: 'm', apiKey: 'test', baseURL: wire.url, retry: false });
  const { toolCalls } = await llm.streamChat('go').final();
  const run = tool({
    name: toolCalls[0]!.name,
    description: 'x',
    parameters: { type: 'object' },
    execute: () => 'done',
  });
  // Every reply asks for the tool, so the run ends by its bound; what matters is what the second request held.
  await runTools(llm, 'go', { tools: [run], maxSteps: 2, onEvent: () => undefined }).catch(() => undefined);

  const events = fixture
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as { delta?: Block; content_block?: Block });
  const signature = events.find(({ delta }) => delta?.type === 'signature_delta')!.delta!.signature!;
  const redacted = events.find(({ content_block }) => content_block?.type === 'redacted_thinking')!
    .content_block!.data!;
  const { messages } = wire.requests[2]!.body as { messages: { role: string; content: Block[] }[] };
  const blocks = messages.find(({ role }) => role === 'assistant')!.content;
  expect(textFact(blocks.find(({ type }) => type === 'thinking')!.signature!).sha256).toBe(
    textFact(signature).sha256,
  );
  expect(textFact(blocks.find(({ type }) => type === 'redacted_thinking')!.data!).sha256).toBe(
    textFact(redacted).sha256,
  );
});
