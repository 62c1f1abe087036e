import { eventStream, json, type WireReply } from '@mortise/conformance';

/** A streamed reply of OpenAI's Chat or Responses API is long; this is the least of the latter that is one. */
export function openaiText(reply: WireReply, text: string): Promise<void> {
  const part = { type: 'output_text', text, annotations: [] };
  const item = { type: 'message', id: 'm', role: 'assistant', status: 'completed', content: [part] };
  const events = [
    {
      type: 'response.created',
      response: { id: 'r', object: 'response', status: 'in_progress', output: [] },
    },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'm', delta: text },
    { type: 'response.output_item.done', output_index: 0, item },
    {
      type: 'response.completed',
      response: {
        id: 'r',
        object: 'response',
        status: 'completed',
        model: 'some-model',
        output: [item],
        usage: { input_tokens: 100, output_tokens: 7, total_tokens: 107 },
      },
    },
  ];
  return eventStream(
    reply,
    events.map((event) => ({ event: event.type, data: JSON.stringify(event) })),
  );
}

/** The same of Chat Completions, which other servers speak. */
export function chatText(reply: WireReply, text: string): Promise<void> {
  const choice = { index: 0, delta: { content: text }, finish_reason: 'stop' };
  return eventStream(reply, [JSON.stringify({ id: 'c', model: 'some-model', choices: [choice] }), '[DONE]']);
}

export function openaiError(reply: WireReply, status: number, code: string, message: string): void {
  json(reply, { error: { message, type: 'invalid_request_error', param: null, code } }, { status });
}

/** A vector for each input, in the form that was asked for; which one does not matter here. */
export function openaiEmbeddings(reply: WireReply, body: unknown): void {
  const { input, encoding_format } = body as { input: string | string[]; encoding_format?: string };
  const data = [input].flat().map((text, index) => {
    const vector = new Float32Array([text.length, 1, text.charCodeAt(0)]);
    const bytes = Buffer.from(vector.buffer);
    const embedding = encoding_format === 'base64' ? bytes.toString('base64') : [...vector];
    return { object: 'embedding', index, embedding };
  });
  json(reply, { object: 'list', model: 'some-model', data, usage: { prompt_tokens: 9, total_tokens: 9 } });
}
