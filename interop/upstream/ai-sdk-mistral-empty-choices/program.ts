import { createServer } from 'node:http';
import { createMistral } from '@ai-sdk/mistral';

const chunks = [
  { id: '1', model: 'm', choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }] },
  // As Azure AI sends it of content filters, and servers of OpenAI's wire of usage.
  { id: '1', model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } },
  { id: '1', model: 'm', choices: [{ index: 0, delta: { content: '!' }, finish_reason: 'stop' }] },
];
const server = createServer((_request, reply) => {
  reply.writeHead(200, { 'content-type': 'text/event-stream' });
  reply.end(
    [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
  );
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as { port: number };
  const mistral = createMistral({ apiKey: 'test', baseURL: `http://127.0.0.1:${port}/v1` });
  let got = '';
  try {
    const { stream } = await mistral('m').doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    for await (const part of stream) if (part.type === 'text-delta') got += part.delta;
  } catch (error) {
    got += ` ${String(error)}`;
  }
  console.log(`got: ${got}`);
  console.log('expected: Hello!');
  server.close();
});
