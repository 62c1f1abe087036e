import { createServer } from 'node:http';
import { ChatOpenAI } from '@langchain/openai';

const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', output: [], usage: null };
const error = { code: 'server_error', message: 'The model crashed.' };
const events = [
  { type: 'response.created', response: { ...response, status: 'in_progress', error: null } },
  {
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: 'The answer is',
  },
  { type: 'response.failed', response: { ...response, status: 'failed', error } },
];
const server = createServer((_request, reply) => {
  reply.writeHead(200, { 'content-type': 'text/event-stream' });
  reply.end(
    events
      .map(
        (event, at) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: at })}\n\n`,
      )
      .join(''),
  );
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as { port: number };
  const configuration = { baseURL: `http://127.0.0.1:${port}/v1` };
  const model = new ChatOpenAI({
    model: 'm',
    apiKey: 'test',
    useResponsesApi: true,
    maxRetries: 0,
    configuration,
  });
  try {
    let text = '';
    for await (const chunk of await model.stream('Hi')) text += chunk.text;
    console.log(`got: a stream that ended well, with "${text}"`);
  } catch (thrown) {
    console.log(`got: ${String(thrown)}`);
  }
  console.log('expected: an error that says "The model crashed."');
  server.close();
});
