import { OpenAILLM } from '@mortise/openai';

/** What the model says at one turn: a text, or a call of a tool. */
export type Turn = { readonly text: string } | { readonly call: string; readonly input: object };

export interface Scripted {
  readonly llm: OpenAILLM;
  /** The bodies of the requests, in order. */
  readonly asked: readonly Body[];
}

interface Body {
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly [member: string]: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** `OpenAILLM` with a `fetch` that answers in OpenAI's format, whole or in events as it is asked; nothing leaves the process. */
export function scripted(turns: readonly Turn[]): Scripted {
  const asked: Body[] = [];
  const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    const body = JSON.parse(String(init?.body)) as Body;
    const turn = turns[asked.length];
    asked.push(body);
    if (turn === undefined) return Response.json({ error: { message: 'No turn is left.' } }, { status: 400 });
    return body.stream === true ? streamed(turn) : whole(turn);
  };
  const llm = new OpenAILLM({
    model: 'gpt-test',
    apiKey: 'key',
    api: 'chat-completions',
    retry: false,
    fetch,
  });
  return { llm, asked };
}

const about = { id: 'c1', created: 1, model: 'gpt-test' };
const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };

function callOf(call: string, input: object, pieces = 1): object[] {
  const text = JSON.stringify(input);
  const [name, size] = [{ id: 'call_1', type: 'function' }, Math.ceil(text.length / pieces)];
  return Array.from({ length: pieces }, (_, at) => ({
    index: 0,
    ...(at === 0 && name),
    function: { ...(at === 0 && { name: call }), arguments: text.slice(at * size, (at + 1) * size) },
  }));
}

function whole(turn: Turn): Response {
  const isCall = 'call' in turn;
  const said = isCall ? { content: null, tool_calls: callOf(turn.call, turn.input) } : { content: turn.text };
  const choice = { index: 0, message: { role: 'assistant', ...said }, finish_reason: endOf(turn) };
  return Response.json({ ...about, object: 'chat.completion', choices: [choice], usage });
}

function streamed(turn: Turn): Response {
  const deltas: object[] =
    'call' in turn
      ? callOf(turn.call, turn.input, 2).map((call) => ({ tool_calls: [call] }))
      : [...turn.text.matchAll(/\S+\s*/g)].map(([content]) => ({ content }));
  const chunk = (choices: object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
  const events = [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: endOf(turn) }]),
    chunk([], { usage }),
    'data: [DONE]\n\n',
  ];
  return new Response(events.join(''), { headers: { 'content-type': 'text/event-stream' } });
}

function endOf(turn: Turn): string {
  return 'call' in turn ? 'tool_calls' : 'stop';
}
