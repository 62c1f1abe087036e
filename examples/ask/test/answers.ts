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

export function openaiError(reply: WireReply, status: number, code: string, message: string): void {
  json(reply, { error: { message, type: 'invalid_request_error', param: null, code } }, { status });
}
