import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startWire, textFact } from '@mortise/conformance';
import { runTools, tool } from '@mortise/toolkit';
import { OpenAILLM } from '@mortise/openai';

const fixture = readFileSync(new URL('fixtures/responses.sse', import.meta.url));

it('C-07: encrypted reasoning goes through runTools and back, by its sha256, also through JSON', async () => {
  await using wire = await startWire((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.end(fixture);
  });
  const llm = new OpenAILLM({ model: 'm', apiKey: 'test', baseURL: `${wire.url}/v1`, retry: false });
  const first = await llm.streamChat('go').final();
  const reasoning = first.message.content.find((block) => block.type === 'reasoning');
  const [call] = first.toolCalls;
  const run = tool({
    name: call!.name,
    description: 'x',
    parameters: { type: 'object' },
    execute: () => 'done',
  });
  // Every reply asks for the tool, so the run ends by its bound; what matters is what the second request held.
  await runTools(llm, 'go', { tools: [run], maxSteps: 2, onEvent: () => undefined }).catch(() => undefined);

  const terminal = fixture
    .toString()
    .split('\n\n')
    .find((frame) => frame.startsWith('event: response.completed'));
  const { response } = JSON.parse(terminal!.slice(terminal!.indexOf('{'))) as {
    response: { output: { type: string; encrypted_content?: string }[] };
  };
  const given = response.output.find(({ type }) => type === 'reasoning')!.encrypted_content!;
  expect(textFact(reasoning!.encrypted!)).toEqual(textFact(given));

  const sentBack = (body: unknown) =>
    (body as { input: { type: string; encrypted_content?: string }[] }).input.find(
      ({ type }) => type === 'reasoning',
    )!.encrypted_content!;
  expect(textFact(sentBack(wire.requests[2]!.body)).sha256).toBe(textFact(given).sha256);

  const stored = JSON.parse(JSON.stringify(first.message)) as typeof first.message;
  const results = [{ type: 'tool-result' as const, toolCallId: call!.id, content: 'done' }];
  await llm.streamChat([{ role: 'user', content: 'go' }, stored, { role: 'tool', content: results }]).final();
  expect(textFact(sentBack(wire.requests.at(-1)!.body)).sha256).toBe(textFact(given).sha256);
});
