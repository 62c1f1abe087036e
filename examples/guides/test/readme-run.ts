import { vi } from 'vitest';

/** What OpenAI's Responses API would answer, without a network. */
function answer(request: { stream?: boolean; tools?: unknown; input: unknown }): Response {
  const response = (output: object[]) => ({
    id: 'resp_1',
    object: 'response',
    created_at: 1770803615,
    status: 'completed',
    model: 'gpt-5.4-mini',
    error: null,
    incomplete_details: null,
    output,
    usage: {
      input_tokens: 9,
      output_tokens: 7,
      total_tokens: 16,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  });
  const asked = JSON.stringify(request);
  const text = asked.includes('json_schema')
    ? JSON.stringify({ name: 'mortise and tenon', wood: ['oak', 'ash'], glued: true })
    : asked.includes('numbered list')
      ? '1. dovetail\n2. lap\n3. mortise and tenon'
      : asked.includes('function_call_output')
        ? 'Yes, 21 degrees.'
        : 'Blue light scatters most [1].';
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
  const call = {
    id: 'fc_1',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_1',
    name: 'weather',
    arguments: '{"city":"Lisbon"}',
  };
  const output = request.tools !== undefined && !asked.includes('function_call_output') ? [call] : [message];
  if (request.stream !== true) return Response.json(response(output));
  const frames = [
    { type: 'response.created', response: { ...response([]), status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
    {
      type: 'response.content_part.added',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: '', annotations: [] },
    },
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: text },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.completed', response: response([message]) },
  ];
  const body = frames.map((frame) => `event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`).join('');
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** Imports the program of the README, which runs it, and gives what it printed. The caller restores mocks, globals and the environment. */
export async function runOfReadme(name: string): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation(
    (...values: unknown[]) => void printed.push(`${values.map(show).join(' ')}\n`),
  );
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (printed.push(String(text)), true));
  vi.stubEnv('OPENAI_API_KEY', 'test');
  vi.stubGlobal('fetch', async (_url: string, init: { body: string }) => answer(JSON.parse(init.body)));
  await import(`../readme/${name}.ts`);
  return printed.join('');
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
