import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson, readJsonVectors } from '@mortise/core/wire';

const about = { provider: 'acme' };
const attempt = { touch: () => undefined };
const read = (body: string) => readJsonVectors(new Response(body), attempt, about);

const vector = fc
  .array(fc.float({ noDefaultInfinity: true, noNaN: true }), { minLength: 16, maxLength: 40 })
  .map((numbers) => Float32Array.from(numbers));
const base64 = (v: Float32Array) => Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64');

describe('readJsonVectors', () => {
  it('W-02 gives what JSON gives, with the vectors in their places, whatever stands around them', async () => {
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
  ])('E-02 refuses %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'malformed-response', provider: 'acme' });
  });

  it('W-01 reads UTF-8, and a byte order mark, around the vectors', async () => {
    const body = await read(`\ufeff{"é😀":"\u{10ffff}","embedding":"${good}"}`);
    expect(body).toEqual({ 'é😀': '\u{10ffff}', embedding: new Float32Array(20).fill(1.5) });
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
