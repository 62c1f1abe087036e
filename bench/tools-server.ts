/**
 * A provider for `tools.ts` and `agent.ts`, on loopback and in a process of its own: Chat Completions that ask for one call of `look`, until the
 * conversation has as many replies as the model's name says (`steps-20`).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const TEXT = 'A mortise is a hole in one piece of wood, cut to take the tenon of another. '.repeat(4);
const about = (step: number) => ({ id: `chatcmpl-${step}`, created: 1770933892, model: 'bench' });
const usage = { prompt_tokens: 50, completion_tokens: 80, total_tokens: 130 };

const callOf = (step: number): object => ({
  id: `call_${step}`,
  type: 'function',
  function: { name: 'look', arguments: `{"at": ${step}}` },
});

function whole(step: number, last: boolean): string {
  const message = { role: 'assistant', content: TEXT, ...(last ? {} : { tool_calls: [callOf(step)] }) };
  const choice = { index: 0, message, finish_reason: last ? 'stop' : 'tool_calls' };
  return JSON.stringify({ ...about(step), object: 'chat.completion', choices: [choice], usage });
}

function streamed(step: number, last: boolean): string {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    frame({ ...about(step), object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  const words = TEXT.match(/\S+\s*/g) ?? [];
  const parts = words.map((content) => chunk({ content }));
  if (!last) parts.push(chunk({ tool_calls: [{ index: 0, ...callOf(step) }] }));
  parts.push(chunk({}, last ? 'stop' : 'tool_calls'));
  parts.push(
    frame({ ...about(step), object: 'chat.completion.chunk', choices: [], usage }),
    'data: [DONE]\n\n',
  );
  return parts.join('');
}

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

const server = createServer((request, reply) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const { model, stream, messages } = JSON.parse(text) as {
      model: string;
      stream?: boolean;
      messages: { role: string }[];
    };
    const step = 1 + messages.filter(({ role }) => role === 'assistant').length;
    const last = step >= Number(/^steps-(\d+)$/.exec(model)?.[1] ?? 20);
    reply.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' });
    reply.end(stream === true ? streamed(step, last) : whole(step, last));
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
