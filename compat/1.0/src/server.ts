import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly model?: string;
  readonly messages?: unknown;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly tool_choice?: unknown;
  readonly response_format?: unknown;
}

const USAGE = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 };
const CALL = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Lisbon"}' } };

/** A server of OpenAI's wire, as small as one can be: `http://127.0.0.1:PORT/v1`. */
export async function startServer(): Promise<{ baseURL: string; server: Server }> {
  let replies = 0;
  const server = createServer(async (request, response) => {
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const asked = await readJson(request);
    if (asked === undefined) return json(400, { error: { message: 'That is no JSON.' } });
    if (asked.model !== 'good') return json(404, { error: { message: 'There is no such model.' } });
    if (!Array.isArray(asked.messages)) return json(422, { error: { message: 'messages is no list.' } });
    const { message, reason } = answerTo(asked);
    const about = { id: `reply-${++replies}`, model: 'good', created: 1 };
    if (asked.stream !== true)
      return json(200, { ...about, choices: [{ index: 0, message, finish_reason: reason }], usage: USAGE });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (part: object): void => void response.write(`data: ${JSON.stringify({ ...about, ...part })}\n\n`);
    const delta = 'tool_calls' in message ? { tool_calls: [{ index: 0, ...CALL }] } : { content: message.content };
    event({ choices: [{ index: 0, delta, finish_reason: null }] });
    event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
    event({ choices: [], usage: USAGE });
    response.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, server };
}

function answerTo(asked: Asked) {
  if (asked.tool_choice !== undefined)
    return { message: { role: 'assistant', content: null, tool_calls: [CALL] }, reason: 'tool_calls' };
  const content = asked.response_format === undefined ? 'Hello.' : '{"city":"Lisbon","degrees":21}';
  return { message: { role: 'assistant', content }, reason: asked.max_tokens === 5 ? 'length' : 'stop' };
}

async function readJson(request: IncomingMessage): Promise<Asked | undefined> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text) as Asked;
  } catch {
    return undefined;
  }
}
