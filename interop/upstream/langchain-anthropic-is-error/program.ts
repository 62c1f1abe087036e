import { createServer } from 'node:http';
import { ChatAnthropic } from '@langchain/anthropic';
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';

const reply = {
  ...{
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'end_turn',
    stop_sequence: null,
  },
  content: [{ type: 'text', text: 'I see.' }],
  usage: { input_tokens: 9, output_tokens: 3 },
};
const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  const { messages } = JSON.parse(text) as { messages: { content: { is_error?: boolean }[] }[] };
  console.log(`got: is_error ${String(messages.at(-1)?.content[0]?.is_error)}`);
  console.log('expected: is_error true');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as { port: number };
  const model = new ChatAnthropic({
    model: 'm',
    apiKey: 'test',
    anthropicApiUrl: `http://127.0.0.1:${port}`,
    maxRetries: 0,
  });
  await model.invoke([
    new HumanMessage('Delete the file.'),
    new AIMessage({ content: '', tool_calls: [{ id: 'call_1', name: 'remove', args: {} }] }),
    new ToolMessage({ tool_call_id: 'call_1', status: 'error', content: 'Permission denied' }),
  ]);
  server.close();
});
