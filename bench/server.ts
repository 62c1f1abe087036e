/**
 * A provider on loopback in a process of its own, so that its work is not counted as the client's. Prints its URL.
 * `POST /v1/chat/completions` and `POST /v1/responses`; the `seed` of a test is in the model's name: `stream-20000`
 * streams that many one-token deltas, `writes-20000` each of them as a write, `turns-20000` with a turn of the event loop behind each,
 * anything else answers at once.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const frames = new Map<string, Buffer>();

function chatStream(count: number): Buffer {
  const chunk = (delta: object, extra: object = {}) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1770933892,
      model: 'bench',
      service_tier: 'default',
      system_fingerprint: 'fp_1',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...extra }],
      usage: null,
    })}\n\n`;
  const parts = [chunk({ role: 'assistant', content: '', refusal: null })];
  for (let n = 0; n < count; n++) parts.push(chunk({ content: ` t${n % 1000}` }));
  parts.push(chunk({}, { finish_reason: 'stop' }));
  const usage = { prompt_tokens: 5, completion_tokens: count, total_tokens: count + 5 };
  parts.push(
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1770933892, model: 'bench', choices: [], usage })}\n\n`,
  );
  parts.push('data: [DONE]\n\n');
  return Buffer.from(parts.join(''));
}

function responsesStream(count: number): Buffer {
  let sequence = 0;
  const event = (type: string, members: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...members })}\n\n`;
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1770803615,
    status: 'in_progress',
    model: 'bench',
    output: [] as object[],
    error: null,
    incomplete_details: null,
  };
  const item = {
    id: 'msg_1',
    type: 'message',
    status: 'in_progress',
    role: 'assistant',
    content: [] as object[],
  };
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const parts = [
    event('response.created', { response }),
    event('response.in_progress', { response }),
    event('response.output_item.added', { output_index: 0, item }),
    event('response.content_part.added', {
      ...place,
      part: { type: 'output_text', text: '', annotations: [] },
    }),
  ];
  let text = '';
  for (let n = 0; n < count; n++) {
    const delta = ` t${n % 1000}`;
    text += delta;
    parts.push(event('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: 'xxxxxx' }));
  }
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  const done = { ...item, status: 'completed', content: [part] };
  const usage = {
    input_tokens: 5,
    output_tokens: count,
    total_tokens: count + 5,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  };
  parts.push(
    event('response.output_text.done', { ...place, text, logprobs: [] }),
    event('response.content_part.done', { ...place, part }),
    event('response.output_item.done', { output_index: 0, item: done }),
    event('response.completed', { response: { ...response, status: 'completed', output: [done], usage } }),
  );
  return Buffer.from(parts.join(''));
}

const chatReply = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1770933892,
  model: 'bench',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'A short answer.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
});
const responsesReply = JSON.stringify({
  id: 'resp_1',
  object: 'response',
  created_at: 1770803615,
  status: 'completed',
  model: 'bench',
  error: null,
  incomplete_details: null,
  output: [
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'A short answer.', annotations: [], logprobs: [] }],
    },
  ],
  usage: {
    input_tokens: 5,
    output_tokens: 4,
    total_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  },
});

/** Each event as a write of its own; with `turns`, the event loop has a turn before the next one. */
async function oneByOne(reply: ServerResponse, all: Buffer, turns: boolean): Promise<void> {
  for (let from = 0; from < all.length;) {
    const end = all.indexOf('\n\n', from) + 2;
    if (!reply.write(all.subarray(from, end))) await once(reply, 'drain');
    else if (turns) await new Promise((resolve) => setImmediate(resolve));
    from = end;
  }
  reply.end();
}

let open = 0;
let peak = 0;

const server = createServer((request, reply) => {
  if (request.url === '/peak')
    return void reply.end(JSON.stringify({ openConnections: open, peakConnections: peak }));
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const { model, stream } = JSON.parse(text) as { model: string; stream?: boolean };
    const chat = request.url?.endsWith('/chat/completions') === true;
    if (stream !== true) {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end(chat ? chatReply : responsesReply);
      return;
    }
    const count = Number(/^(?:stream|writes|turns)-(\d+)$/.exec(model)?.[1] ?? 10);
    const key = `${chat}-${count}`;
    if (!frames.has(key)) frames.set(key, chat ? chatStream(count) : responsesStream(count));
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    const isByTurns = model.startsWith('turns-');
    if (isByTurns || model.startsWith('writes-')) void oneByOne(reply, frames.get(key)!, isByTurns);
    else reply.end(frames.get(key));
  });
});
server.on('connection', (socket) => {
  peak = Math.max(peak, ++open);
  socket.once('close', () => open--);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
