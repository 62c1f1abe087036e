import { expect, it } from 'vitest';
import { CohereLLM } from '@mortise/cohere';
import { slowReadings } from '@mortise/conformance';

const PIECE = '0123456789abcdefghij';

/** A delta and a citation of its last letters, `count` times; places in characters, behind one of two units. */
function streamOf(count: number): string {
  const events: object[] = [
    { type: 'message-start', id: '1', delta: { message: { role: 'assistant' } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '😀' } } } },
  ];
  for (let at = 0; at < count; at++) {
    const end = 1 + (at + 1) * PIECE.length;
    const citations = { start: end - 3, end, text: 'hij', content_index: 0, sources: [] };
    events.push({ type: 'content-delta', index: 0, delta: { message: { content: { text: PIECE } } } });
    events.push({ type: 'citation-start', index: at, delta: { message: { citations } } });
  }
  events.push(
    { type: 'content-end', index: 0 },
    { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
  );
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}

async function placesOf(count: number): Promise<(readonly [unknown, unknown])[]> {
  const headers = { 'content-type': 'text/event-stream' };
  const reply = (): Promise<Response> => Promise.resolve(new Response(streamOf(count), { headers }));
  const llm = new CohereLLM({ model: 'm', apiKey: 'k', fetch: reply, retry: false });
  const places: (readonly [unknown, unknown])[] = [];
  for await (const event of llm.streamChat('hi')) {
    if (event.type !== 'citation') continue;
    const { citation } = event as { citation: { start?: number; end?: number } };
    places.push([citation.start, citation.end]);
  }
  return places;
}

it('finds the place of every citation behind characters of two units', async () => {
  const expected = Array.from({ length: 300 }, (_, at) => {
    const end = 2 + (at + 1) * PIECE.length;
    return [end - 3, end];
  });
  expect(await placesOf(300)).toEqual(expected);
});

it('C-13: takes time linear in the number of citations of a stream', async () => {
  const read = (text: string): Promise<unknown> => placesOf(text.length);
  expect(await slowReadings(read, { length: 1500, repeated: ['a'], tails: [''] })).toEqual([]);
});
