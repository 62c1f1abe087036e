import { afterEach, describe, expect, it, vi } from 'vitest';
import { EndOfReply, streamEvents, type EventDecoder, type StreamFormat } from '@mortise/core/wire';

afterEach(() => void vi.useRealTimers());

const attempt = { touch: () => undefined };
const about = { provider: 'acme' };

/** Each event is a text, with a reason where one stands behind it; nothing but the bytes ends the reply. */
function translator() {
  const end = new EndOfReply();
  return {
    end,
    done: false,
    push({ data }: { data: string }, out: object[]) {
      const [text, reason] = data.split('|');
      if (text !== '') out.push({ type: 'text-delta', delta: text });
      end.say(reason);
    },
    finish(out: object[]) {
      this.done = true;
      out.push({ type: 'finish', reason: end.reason });
    },
  };
}

/** Writes what it is told, and ends, breaks or falls silent. */
function replying(write: (send: (text: string) => void, source: ReadableStreamDefaultController) => void) {
  const body = new ReadableStream({
    start: (source) => write((text) => source.enqueue(new TextEncoder().encode(`data: ${text}\n\n`)), source),
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function read(response: Response, format: StreamFormat = {}) {
  const seen: { delta?: string; reason?: string }[] = [];
  for await (const batch of streamEvents(response, attempt, translator(), about, format)) seen.push(...batch);
  return [seen.map(({ delta = '' }) => delta).join(''), seen.at(-1)?.reason];
}

describe('a wire that ends with its bytes', () => {
  it.each([
    ['one write', 0],
    ['several', 5],
  ])('E-01: reads what comes after a reason, in %s', async (_title, wait) => {
    const response = replying(async (send, source) => {
      for (const piece of ['One |STOP', 'two |STOP', 'three|STOP']) {
        send(piece);
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      }
      source.close();
    });
    expect(await read(response)).toEqual(['One two three', 'STOP']);
  });

  it('E-01: waits 5 s for the rest, and takes a silence or a broken connection for its end', async () => {
    vi.useFakeTimers();
    const silent = read(replying((send) => send('One|STOP')));
    await vi.advanceTimersByTimeAsync(5_001);
    expect(await silent).toEqual(['One', 'STOP']);
    vi.useRealTimers();
    const broken = replying((send, source) => {
      send('One|STOP');
      setTimeout(() => source.error(new TypeError('terminated')), 5);
    });
    expect(await read(broken)).toEqual(['One', 'STOP']);
  });

  it('E-01: takes neither for the end where the server went on after a reason', async () => {
    vi.useFakeTimers();
    const slow = read(
      replying((send, source) => {
        send('One |STOP');
        send('two |STOP');
        setTimeout(() => (send('three|STOP'), source.close()), 60_000);
      }),
    );
    await vi.advanceTimersByTimeAsync(60_001);
    expect(await slow).toEqual(['One two three', 'STOP']);
    vi.useRealTimers();
    const broken = replying((send, source) => {
      send('One |STOP');
      send('two |STOP');
      setTimeout(() => source.error(new TypeError('terminated')), 5);
    });
    await expect(read(broken)).rejects.toThrow('terminated');
  });
});

it("W-01: reads a framing of the author's own", async () => {
  /** Frames of one byte that says how long the rest is. */
  class Lengths implements EventDecoder {
    recognised = false;
    #bytes: number[] = [];
    get pending() {
      return this.#bytes.length;
    }
    push(bytes: Uint8Array) {
      this.#bytes.push(...bytes);
      const events = [];
      for (
        let [length] = this.#bytes;
        length !== undefined && this.#bytes.length > length;
        [length] = this.#bytes
      ) {
        const data = String.fromCharCode(...this.#bytes.splice(0, length + 1).slice(1));
        events.push({ event: 'message', data });
        this.recognised = true;
      }
      return events;
    }
    end() {
      return undefined;
    }
  }
  const framed = (text: string) => Uint8Array.from([text.length, ...new TextEncoder().encode(text)]);
  const format = { decoder: Lengths, stream: 'a stream of lengths', one: 'a frame' };
  const bytes = [...framed('One '), ...framed('two|end')];
  const body = new ReadableStream({
    start(source) {
      for (const byte of bytes) source.enqueue(Uint8Array.of(byte));
      source.close();
    },
  });
  expect(await read(new Response(body), { format })).toEqual(['One two', 'end']);
  const other = new Response(new TextEncoder().encode('{}'));
  await expect(read(other, { format })).rejects.toThrow('2 bytes without a frame');
});
