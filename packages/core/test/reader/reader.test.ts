import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import {
  BaseReader,
  createTextDecoder,
  decodeText,
  type ReadCall,
  type ReadFailure,
  type ReadItem,
} from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';

class NumberReader extends BaseReader {
  readonly closed: string[] = [];

  doList(): ReadItem[] {
    return ['a', 'b'].map((id) => ({ id }));
  }

  async *doRead({ id }: ReadItem, call: ReadCall): AsyncGenerator<Document> {
    try {
      yield createDocument({ id: `${id}1`, text: id });
      call.report({ item: `${id}#2`, error: new Error('torn') });
      yield createDocument({ id: `${id}3`, text: id });
    } finally {
      this.closed.push(id);
    }
  }
}

describe('BaseReader', () => {
  it('D-01: an item of several documents is done when the last one was taken, and says that a part is missing', async () => {
    const seen: unknown[] = [];
    const options = {
      onError: ({ item, part }: ReadFailure) => void seen.push(`${part} of ${item}`),
      onProgress: ({ item, outcome, failed }: any) => void seen.push([item, outcome, failed]),
    };
    for await (const { id } of new NumberReader().read(options)) seen.push(id);
    expect(seen).toEqual([
      'a1',
      'a#2 of a',
      'a3',
      ['a', 'partial', 1],
      'b1',
      'b#2 of b',
      'b3',
      ['b', 'partial', 2],
    ]);
  });

  it('D-01: leaving the loop closes what is open', async () => {
    const reader = new NumberReader();
    for await (const _document of reader.read()) break;
    expect(reader.closed).toEqual(['a']);
  });

  it('D-01: what an author throws is a MortiseError that names the item', async () => {
    class Torn extends NumberReader {
      override async *doRead(): AsyncGenerator<Document> {
        throw new TypeError('no such thing');
      }
    }
    const errors: Error[] = [];
    for await (const _document of new Torn().read({ onError: ({ error }) => errors.push(error) }));
    expect(errors).toMatchObject([
      { code: 'internal', message: 'a cannot be read: no such thing' },
      { code: 'internal', message: 'b cannot be read: no such thing' },
    ]);
  });

  it('C-01: an abort settles what an author hangs in, with exactly the reason', async () => {
    class Hung extends BaseReader {
      doList(): ReadItem[] {
        return [{ id: 'a' }];
      }
      doRead(): Promise<Document> {
        return new Promise(() => undefined);
      }
    }
    const controller = new AbortController();
    const next = new Hung().read({ signal: controller.signal }).next();
    setTimeout(() => controller.abort('enough'), 1);
    await expect(next).rejects.toBe('enough');
  });

  it('what `skip` throws ends the reading', async () => {
    const skip = (): boolean => {
      throw new Error('the list is lost');
    };
    await expect(new NumberReader().read({ skip }).next()).rejects.toThrow('the list is lost');
  });

  it('V-01: one span around a reading, and V-02 what cannot be read is told within it', async () => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    for await (const _document of new NumberReader().read());
    stop();
    expect(events.map(({ name, phase }) => `${name} ${phase}`)).toEqual([
      'ingest.read start',
      'warning point',
      'warning point',
      'ingest.read end',
    ]);
    expect(new Set(events.map(({ spanId }) => spanId)).size).toBe(1);
  });
});

describe('decodeText', () => {
  it('reads the same in pieces, wherever they are cut', () => {
    const encodings = {
      utf8: (text: string) => Buffer.from(text),
      'utf8 with a mark': (text: string) => Buffer.from(`\ufeff${text}`),
      utf16le: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
      utf16be: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    };
    // Neither a NUL nor a mark at the beginning is text.
    const texts = fc.string({ unit: fc.constantFrom('a', 'é', '水', '😀', '\r', '\n') });
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(...Object.values(encodings)),
        fc.array(fc.nat()),
        (text, encode, places) => {
          const bytes = encode(text);
          const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
            (a, b) => a - b,
          );
          const decoder = createTextDecoder('a.txt');
          const pieces = ends.map((end, at) => decoder.decode(bytes.subarray(ends[at - 1] ?? 0, end)));
          expect(pieces.join('') + decoder.end()).toBe(text);
          expect(decodeText('a.txt', bytes)).toBe(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a byte that UTF-8 does not have', Uint8Array.of(0x61, 0xff)],
    ['the beginning of a character', Uint8Array.of(0x61, 0xc3)],
    ['half of a UTF-16 unit', Uint8Array.of(0xff, 0xfe, 0x61)],
    ['a NUL', Uint8Array.of(0x61, 0x00, 0x61)],
  ])('refuses %s, and names the item', (_what, bytes) => {
    expect(() => decodeText('a.txt', bytes)).toThrow(
      expect.objectContaining({
        code: 'parse',
        message: expect.stringMatching(/^a\.txt cannot be read: it is not text/),
      }),
    );
  });

  it('takes another encoding where the text says it, but for a mark', () => {
    expect(decodeText('a', Uint8Array.of(0x47, 0xfc), 'windows-1252')).toBe('Gü');
    expect(decodeText('a', Buffer.from('\ufeffGü'), 'windows-1252')).toBe('Gü');
  });

  it('reads windows-1252 by the encoding standard, also where the runtime takes it for ISO-8859-1', () => {
    const bytes = Uint8Array.of(0x93, 0x47, 0xfc, 0x94, 0x20, 0x80, 0x35, 0x96, 0x81);
    const text = '“Gü” €5–\u0081';
    expect(decodeText('a', bytes, 'windows-1252')).toBe(text);
    expect(decodeText('a', bytes, 'latin1')).toBe(text);
    class Latin1 extends TextDecoder {
      override decode(input?: Uint8Array): string {
        return input === undefined ? '' : Buffer.from(input).toString('latin1');
      }
    }
    vi.stubGlobal('TextDecoder', Latin1);
    try {
      expect(decodeText('a', bytes, 'windows-1252')).toBe(text);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
