import { describe, expect, it } from 'vitest';
import { toolCallBlock } from '@mortise/core/llm';
import { eventJson, jsonEvents, readJson, readJsonVectors } from '@mortise/core/wire';

const about = { provider: 'acme' };
const attempt = { touch: () => undefined };
const MANY = `[${'{},'.repeat(2_000_000)}{}]`;
const reply = (text: string, status = 200) => new Response(text, { status });
const refused = {
  code: 'malformed-response',
  message: expect.stringContaining('JSON of more than 2000000 lists, objects and quotes') as unknown,
};

describe('C-13: JSON that takes many times its bytes', () => {
  it('is refused in a body, beside vectors, and in an event', async () => {
    await expect(readJson(reply(`{"a":${MANY}}`), attempt, about)).rejects.toMatchObject(refused);
    await expect(readJsonVectors(reply(`{"a":${MANY}}`), attempt, about)).rejects.toMatchObject(refused);
    expect(() => eventJson({ event: 'message', data: `{"a":${MANY}}` }, about)).toThrow(
      expect.objectContaining(refused),
    );
  });

  it.each([
    ['a body', readJson],
    ['a body that may hold vectors', readJsonVectors],
  ])('is read no further, in %s', async (_what, read) => {
    const megabyte = new TextEncoder().encode('{},'.repeat(2 ** 20 / 3));
    let megabytes = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(megabytes++ === 0 ? new TextEncoder().encode('{"a":[') : megabyte);
      },
    });
    await expect(read(new Response(body), attempt, about)).rejects.toMatchObject(refused);
    expect(megabytes).toBeLessThan(26);
  });

  it('is no call of a tool', () => {
    expect(toolCallBlock('a', 'f', `{"a":${MANY}}`)).toMatchObject({ invalid: true, arguments: {} });
  });

  it('is read as long as there are fewer', async () => {
    const numbers = Array.from({ length: 2_100_000 }, () => 1);
    const text = JSON.stringify({ numbers, words: 'of "them"'.repeat(10_000) });
    await expect(readJson(reply(text), attempt, about)).resolves.toHaveProperty('numbers.length', 2_100_000);
  });
});

describe('C-13: JSON of any depth', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it('is a reply of another kind, and ends in no overflow', async () => {
    await expect(readJson(reply(deep), attempt, about)).rejects.toMatchObject({ code: 'malformed-response' });
    const withVector = `{"data":[{"embedding":"AACAPw=="},${deep}]}`;
    await expect(readJsonVectors(reply(withVector), attempt, about)).resolves.toHaveProperty('data');
  });
});

const EVENTS = { headers: { 'content-type': 'text/event-stream' } };

/** A stream in these pieces, and its events. */
async function eventsOf(pieces: readonly string[], maxLineBytes = 2 ** 25): Promise<unknown[]> {
  const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
  const body = ReadableStream.from(bytes);
  const events: unknown[] = [];
  const reading = jsonEvents(new Response(body, EVENTS), { ...attempt, maxLineBytes }, about);
  for await (const event of reading) events.push(event);
  return events;
}

it('C-13: an event is as large as its lines are, the names of their fields included', async () => {
  const lines = Array.from({ length: 100 }, () => 'data:\n'.repeat(10_000));
  const event = ['data: {\n', ...lines, 'data: "a":1}\n\n'];
  expect(await eventsOf([...event, ...event])).toEqual([{ a: 1 }, { a: 1 }]);
  const most = 6_000_000 + 'data: {\n'.length;
  expect(await eventsOf(event, most)).toEqual([{ a: 1 }]);
  await expect(eventsOf(event, most - 1)).rejects.toMatchObject({ code: 'malformed-response' });
});

it('W-01: a line keeps its characters, however small and many the pieces are', async () => {
  const word = 'äx'.repeat(2_000);
  const pieces = Array.from(`data: {"a":"${word}"}\n\n`);
  expect(await eventsOf([...pieces, ...pieces])).toEqual([{ a: word }, { a: word }]);
});
