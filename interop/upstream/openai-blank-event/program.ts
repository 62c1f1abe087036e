import { createServer } from 'node:http';
import { ChatOpenAI } from '@langchain/openai';

const chunk = (delta: object, finish_reason: string | null) =>
  JSON.stringify({
    id: '1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  });
const server = createServer((_request, reply) => {
  reply.writeHead(200, { 'content-type': 'text/event-stream' });
  reply.write(`data: ${chunk({ role: 'assistant', content: 'Hello' }, null)}\n\n`);
  // A sign of life, which the standard drops: "If the data buffer is an empty string, ... return."
  reply.write('event: ping\n\n');
  reply.end(`data: ${chunk({ content: '!' }, 'stop')}\n\ndata: [DONE]\n\n`);
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as { port: number };
  const configuration = { baseURL: `http://127.0.0.1:${port}/v1` };
  const model = new ChatOpenAI({ model: 'm', apiKey: 'test', maxRetries: 0, configuration });
  let got = '';
  try {
    for await (const piece of await model.stream('Hi')) got += piece.text;
  } catch (error) {
    got += ` ${String(error)}`;
  }
  console.log(`got: ${got}`);
  console.log('expected: Hello!');
  server.close();
});
