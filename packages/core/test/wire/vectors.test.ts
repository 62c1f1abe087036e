import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson, readJsonVectors } from '@mortise/core/wire';

const about = { provider: 'acme' };
const attempt = { touch: () => undefined };
const read = (body: string) => readJsonVectors(new Response(body), attempt, about);

const vector = fc
  .array(fc.float({ noDefaultInfinity: true, noNaN: true }), { minLength: 16, maxLength: 40 })
  .map((numbers) => Float32Array.from(numbers));
/** Of the pieces in which bytes are looked at. */
const PIECE = 1.25 * 2 ** 20;

function inParts(bytes: Uint8Array, sizes: Iterator<number>): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close();
      const size = sizes.next().value as number;
      controller.enqueue(bytes.slice(at, (at = Math.min(bytes.length, at + size))));
    },
  });
}

const base64 = (v: Float32Array) => Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64');

describe('readJsonVectors', () => {
  it('W-02: gives what JSON gives, with the vectors in their places, whatever stands around them', async () => {
    const other = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: fc.constantFrom('"', '\\', ':', 'embedding', 'é', '😀') }),
    );
    const row = fc.record({
      index: fc.nat(9),
      embedding: fc.oneof(vector, other),
      extra: other,
      'a "embedding': other,
    });
    const space = fc.constantFrom(undefined, 2, '\t');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 5 }), other, space, async (data, extra, indent) => {
        const body = { data, extra, embedding: 'short' };
        const texts = {
          ...body,
          data: data.map((one) => ({
            ...one,
            embedding: one.embedding instanceof Float32Array ? base64(one.embedding) : one.embedding,
          })),
        };
        const text = JSON.stringify(texts, undefined, indent);
        const plain = (await readJson(new Response(text), attempt, about)) as typeof body;
        const expected = {
          ...plain,
          data: plain.data.map((one, at) => ({
            ...one,
            embedding: data[at]!.embedding instanceof Float32Array ? data[at]!.embedding : one.embedding,
          })),
        };
        expect(await read(text)).toEqual(expected);
      }),
    );
  });

  it('puts all vectors of a reply into one buffer', async () => {
    const rows = [
      Float32Array.from({ length: 20 }, (_, i) => i),
      Float32Array.from({ length: 17 }, (_, i) => -i),
    ];
    const { data } = (await read(
      JSON.stringify({ data: rows.map((row) => ({ embedding: base64(row) })) }),
    )) as {
      data: { embedding: Float32Array }[];
    };
    expect(data.map(({ embedding }) => embedding)).toEqual(rows);
    expect(data[0]!.embedding.buffer).toBe(data[1]!.embedding.buffer);
    expect(data[0]!.embedding.buffer.byteLength).toBe(37 * 4);
  });

  const good = base64(new Float32Array(20).fill(1.5));
  it.each([
    ['no base64', `${good.slice(0, 20)}*${good.slice(21)}`],
    ['half a float', good.slice(0, 78)],
    ['an escape', `${good}\\/`],
    ['a key of another name that ends alike', undefined],
  ])('leaves %s as it is', async (_what, value) => {
    const text =
      value === undefined
        ? `{"data":[{"a \\"embedding":"${good}"}]}`
        : `{"data":[{"embedding":"${value}"},{"embedding":"${good}"}]}`;
    const { data } = (await read(text)) as { data: Record<string, unknown>[] };
    const plain = JSON.parse(text) as { data: Record<string, unknown>[] };
    expect(data[0]).toEqual(plain.data[0]);
    expect(data).toHaveLength(plain.data.length);
  });

  it.each([
    '',
    '<html>',
    `{"data":[{"embedding":"${good}"}`,
    `{"data":[{"embedding":"${good}`,
    `[{"embedding":"${good}"}]`,
    `{"a":1}${good}`,
  ])('E-02: refuses %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'malformed-response', provider: 'acme' });
  });

  it('W-01: reads UTF-8, and a byte order mark, around the vectors', async () => {
    const body = await read(`\ufeff{"é😀":"\u{10ffff}","embedding":"${good}"}`);
    expect(body).toEqual({ 'é😀': '\u{10ffff}', embedding: new Float32Array(20).fill(1.5) });
  });

  it('W-01: reads the same however the bytes are cut', async () => {
    const texts = fc.record({
      data: fc.array(fc.record({ embedding: vector.map(base64), note: fc.string({ unit: 'grapheme' }) })),
      embedding: fc.constantFrom('short', `${good}"`, `${good}\\`, '"embedding":"'),
    });
    await fc.assert(
      fc.asyncProperty(texts, fc.infiniteStream(fc.integer({ min: 1, max: 90 })), async (body, sizes) => {
        const bytes = new TextEncoder().encode(JSON.stringify(body));
        expect(await readJsonVectors(new Response(inParts(bytes, sizes)), attempt, about)).toEqual(
          await read(JSON.stringify(body)),
        );
      }),
    );
  });

  // Bytes are looked at in pieces of 1.25 MiB: of these replies one ends at every place around a vector.
  it('W-01: finds a vector wherever it is cut from the one before', async () => {
    const around = '{"a":"\\\\", "embedding" :\t"';
    const rest = `${good}","an \\"embedding":"${good}"}`;
    const expected = { a: '\\', embedding: new Float32Array(20).fill(1.5), 'an "embedding': good };
    const bytes = new TextEncoder().encode(`${' '.repeat(PIECE)}${around}${rest}`);
    for (let cut = 0; cut < around.length + rest.length; cut++) {
      // As many spaces fewer, so that the first piece ends `cut` characters behind them.
      expect(await readJsonVectors(new Response(bytes.subarray(cut)), attempt, about)).toEqual(expected);
    }
  });

  it('reads a vector that is longer than a piece, and many of them', async () => {
    const long = Float32Array.from({ length: PIECE }, (_, i) => i / 7);
    const body = { data: [{ embedding: base64(long) }, { embedding: base64(long) }, { embedding: good }] };
    const { data } = (await read(JSON.stringify(body))) as { data: { embedding: Float32Array }[] };
    expect(data.map(({ embedding }) => embedding)).toEqual([long, long, new Float32Array(20).fill(1.5)]);
  });

  it('W-01: leaves a string as it is that is too long for a vector, and finds the vectors behind it', async () => {
    const tooLong = 'AAAA'.repeat(2.5 * 2 ** 20);
    const text = JSON.stringify({ data: [{ embedding: tooLong }, { embedding: good }] });
    const { data } = (await read(text)) as { data: { embedding: unknown }[] };
    expect(data[0]?.embedding === tooLong).toBe(true);
    expect(data[1]?.embedding).toEqual(new Float32Array(20).fill(1.5));
    const cut = await read(text.slice(0, 9_500_000)).catch((error: unknown) => error);
    expect(cut).toMatchObject({ name: 'MortiseError', code: 'malformed-response' });
  });

  it('W-01: leaves what is no vector as it is, however much there is and however long its strings are', async () => {
    const notes = Array.from({ length: 5 }, (_, at) => `é${String(at).repeat(PIECE / 2)}"\\`);
    const body = { notes, data: [{ embedding: good, note: 'x'.repeat(3 * PIECE) }, { embedding: good }] };
    const vector = new Float32Array(20).fill(1.5);
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    for (const size of [65_536, 1_000_003])
      expect(
        await readJsonVectors(
          new Response(
            inParts(bytes, Array.from({ length: bytes.length / size + 1 }, () => size)[Symbol.iterator]()),
          ),
          attempt,
          about,
        ),
      ).toEqual({ notes, data: [{ ...body.data[0], embedding: vector }, { embedding: vector }] });
  });

  it.each([undefined, '1', '1000', '999999999999999', 'none'])(
    'takes a content-length of %s for what it is, a guess',
    async (length) => {
      const headers = length === undefined ? {} : { 'content-length': length };
      const response = new Response(`{"embedding":"${good}"}`, { headers });
      const { embedding } = (await readJsonVectors(response, attempt, about)) as { embedding: Float32Array };
      expect(embedding).toEqual(new Float32Array(20).fill(1.5));
      expect(embedding.buffer.byteLength).toBe(80);
    },
  );

  it("leaves the reader's own bytes as they are", async () => {
    const bytes = new TextEncoder().encode(`{"embedding":"${good}"}`);
    const before = bytes.slice();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    });
    await readJsonVectors(new Response(body), attempt, about);
    expect(bytes).toEqual(before);
  });

  it('takes the last of two members of one name, as JSON does', async () => {
    const last = base64(new Float32Array(20).fill(2));
    const { embedding } = await read(`{"embedding":"${good}","embedding":"${last}"}`);
    expect(embedding).toEqual(new Float32Array(20).fill(2));
  });

  it('reads the same where there is no Buffer, as strings', async () => {
    const { Buffer } = globalThis;
    try {
      // Node's own Response needs it.
      const text = async (): Promise<string> => `{"embedding":"${good}"}`;
      const response = { headers: new Headers(), text } as unknown as Response;
      Reflect.deleteProperty(globalThis, 'Buffer');
      expect(await readJsonVectors(response, attempt, about)).toEqual({ embedding: good });
    } finally {
      globalThis.Buffer = Buffer;
    }
  });
});
