import { describe, expect, it } from 'vitest';
import { eventJson, jsonEvents, readJson, streamEvents, type StreamTranslator } from '@mortise/core/wire';

const about = { provider: 'acme' };
const attempt = { touch: () => undefined };

/** Counts the events until one says `end`. */
function translator(): StreamTranslator<string> & { done: boolean } {
  return {
    done: false,
    push(event, out) {
      const { text } = eventJson(event, about);
      out.push(String(text));
      if (text === 'end') this.done = true;
    },
  };
}

async function collect(response: Response): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of streamEvents(response, attempt, translator(), about)) all.push(...batch);
  return all;
}

const stream = (text: string, type = 'text/event-stream') =>
  new Response(text, { headers: { 'content-type': type } });

describe('readJson', () => {
  it.each([
    ['HTML', '<html>Bad gateway</html>', 'text/html'],
    ['an empty body', '', 'application/json'],
    ['half a document', '{"a":', 'application/json'],
    ['a bare string', '"hello"', 'application/json'],
  ])('E-02: refuses %s as malformed-response', async (_what, body, type) => {
    await expect(readJson(stream(body, type), attempt, about)).rejects.toMatchObject({
      code: 'malformed-response',
      provider: 'acme',
    });
  });

  it('reads an object whatever the content type says', async () => {
    expect(await readJson(stream('{"a":1}', 'text/plain'), attempt, about)).toEqual({ a: 1 });
  });
});

describe('streamEvents', () => {
  it('translates until the terminal event and ignores what follows', async () => {
    expect(
      await collect(stream('data: {"text":"a"}\n\ndata: {"text":"end"}\n\ndata: {"text":"late"}\n\n')),
    ).toEqual(['a', 'end']);
  });

  it.each(['text/html', 'application/json; charset=utf-8'])(
    'E-02: refuses %s instead of a stream',
    async (type) => {
      await expect(collect(stream('{}', type))).rejects.toMatchObject({ code: 'malformed-response' });
    },
  );

  it.each([
    'application/jsonl',
    'application/json-seq',
    'application/jsonlines; charset=utf-8',
    'application/x-ndjson',
  ])('E-02: takes %s for the stream that it is', async (type) => {
    const seen: unknown[] = [];
    const lines = stream('{"a":1}\n{"a":2}\n', type);
    for await (const one of jsonEvents(lines, attempt, about, { format: 'json-lines' })) seen.push(one);
    expect(seen).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('E-02: refuses bytes that hold no event', async () => {
    await expect(collect(stream('<html>hello</html>'))).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('E-01: a stream of comments alone is an empty stream, not another format', async () => {
    expect(await collect(stream(': keep-alive\n\n'))).toEqual([]);
    expect(await collect(stream(''))).toEqual([]);
  });

  it('E-01: ends without complaint when the bytes end, also within a frame: the caller judges', async () => {
    expect(await collect(stream('data: {"text":"a"}\n\ndata: {"text":"en'))).toEqual(['a']);
  });

  it('takes a terminal event without its last blank line', async () => {
    expect(await collect(stream('data: {"text":"a"}\n\ndata: {"text":"end"}'))).toEqual(['a', 'end']);
  });

  it('W-01: tells what came before a failure, also when both arrived at once', async () => {
    const told: string[] = [];
    const reading = (async () => {
      const response = stream('data: {"text":"a"}\n\ndata: {"te\n\n');
      for await (const batch of streamEvents(response, attempt, translator(), about)) told.push(...batch);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'malformed-response' });
    expect(told).toEqual(['a']);
  });

  it('tells the attempt of every arrival', async () => {
    let touched = 0;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const text of [': ping\n\n', 'data: {"text":"end"}\n\n'])
          controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    for await (const _batch of streamEvents(response, { touch: () => touched++ }, translator(), about));
    expect(touched).toBe(2);
  });
});

describe('jsonEvents', () => {
  it('gives the data of each event until [DONE] or the end', async () => {
    const seen: unknown[] = [];
    const response = stream('data: {"a":1}\n\nevent: x\ndata: {"a":2}\n\ndata: [DONE]\n\ndata: {"a":3}\n\n');
    for await (const data of jsonEvents(response, attempt, about)) seen.push(data);
    expect(seen).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('E-02: refuses data that is not JSON', async () => {
    const reading = (async () => {
      for await (const _data of jsonEvents(stream('data: oops\n\ndata: {}\n\n'), attempt, about));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

describe('streamEvents of lines of JSON', () => {
  const lines = async (text: string, type = 'application/x-ndjson'): Promise<string[]> => {
    const all: string[] = [];
    const options = { format: 'json-lines' } as const;
    for await (const batch of streamEvents(stream(text, type), attempt, translator(), about, options))
      all.push(...batch);
    return all;
  };

  it('translates each line until the terminal one, with or without a line end', async () => {
    expect(await lines('{"text":"a"}\n\r\n{"text":"end"}\n{"text":"late"}\n')).toEqual(['a', 'end']);
    expect(await lines('{"text":"a"}\n{"text":"end"}')).toEqual(['a', 'end']);
  });

  it('ends without complaint where a line is cut, for the caller to judge', async () => {
    expect(await lines('{"text":"a"}\n{"text":"en')).toEqual(['a']);
  });

  it.each([
    ['HTML', '<html>', 'text/html'],
    ['a whole reply', '{"text":"end"}', 'application/json'],
    ['HTML that claims to be lines', '<html>', 'application/x-ndjson'],
    ['HTML of several lines', '<html>\n</html>\n', 'application/x-ndjson'],
    ['server-sent events', 'data: {"text":"a"}\n\n', 'application/x-ndjson'],
  ])('E-02: refuses %s', async (_what, text, type) => {
    await expect(lines(text, type)).rejects.toMatchObject({ code: 'malformed-response', provider: 'acme' });
  });

  it('gives the objects of plain lines', async () => {
    const all: unknown[] = [];
    for await (const one of jsonEvents(stream('{"a":1}\n{"a":2}'), attempt, about, { format: 'json-lines' }))
      all.push(one);
    expect(all).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe('streamEvents and its connection', () => {
  function connection(...chunks: string[]) {
    const seen = { cancelled: 0, pulled: 0 };
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = chunks[seen.pulled++];
          if (chunk === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(chunk));
        },
        cancel: () => void seen.cancelled++,
      },
      { highWaterMark: 0 },
    );
    return { seen, response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }) };
  }
  const frame = (text: string) => `data: ${JSON.stringify({ text })}\n\n`;

  it('L-06: closes it when it is left, and when the translator throws', async () => {
    const abandoned = connection(frame('a'), frame('b'), frame('end'));
    for await (const _batch of streamEvents(abandoned.response, attempt, translator(), about)) break;
    expect(abandoned.seen).toEqual({ cancelled: 1, pulled: 1 });
    const broken = connection('data: {"te\n\n', frame('end'));
    await expect(collect(broken.response)).rejects.toMatchObject({ code: 'malformed-response' });
    expect(broken.seen.cancelled).toBe(1);
  });

  it('C-03: reads on after the terminal event to the end, so that the connection is free for the next call', async () => {
    const { seen, response } = connection(frame('a'), frame('end'), ': bye\n\n');
    expect(await collect(response)).toEqual(['a', 'end']);
    expect(seen).toEqual({ cancelled: 0, pulled: 4 });
  });
});
