import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { awsFrame, awsFrames, startWire } from '@mortise/conformance';
import { BedrockLLM } from '@mortise/bedrock';
import { answering, bytesOf, eventsOf, streamed, type Event } from './sent.ts';

const WHOLE = eventsOf([
  [0, { text: 'Grüße ' }],
  [0, { text: '👋.' }],
]);
const begun = WHOLE.slice(0, 2);
const bytes = (size: number): number[] => Array.from({ length: size }, (_unused, at) => at);
const header = (name: string, type: number, ...value: number[]): Buffer =>
  Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(type, ...value)]);

/** The frame with these headers before its own, and behind them. */
function withHeaders(frame: Uint8Array, more: Buffer): Buffer {
  const old = Buffer.from(frame);
  const end = 12 + old.readUInt32BE(4);
  const inner = Buffer.concat([more, old.subarray(12, end), more, old.subarray(end, -4)]);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + inner.length, 0);
  prelude.writeUInt32BE(end - 12 + 2 * more.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const unsigned = Buffer.concat([prelude, inner]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(unsigned));
  return Buffer.concat([unsigned, checksum]);
}

const after = (event: Event) => answering(() => streamed(bytesOf([...begun, event])));

describe('W-01: frames', () => {
  it.each([1, 2, 3, 11, 12, 13, 97])('in pieces of %i bytes are the same', async (chunk) => {
    const { llm } = answering(() => streamed(bytesOf(WHOLE), chunk));
    expect((await llm.streamChat('Hi').final()).text).toBe('Grüße 👋.');
  });

  it('cut at every byte are told as cut, with what had come', async () => {
    const bytes = bytesOf(WHOLE);
    const ends = bytesOf(WHOLE.slice(0, 4)).length;
    for (let at = 12; at < ends; at += 7) {
      const { llm } = answering(() => streamed(bytes.slice(0, at)));
      await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({ code: 'stream-truncated' });
    }
  });

  it('with a byte that changed on its way are malformed, wherever it is, with what came before', async () => {
    const from = bytesOf(begun).length;
    for (let at = from; at < bytesOf(WHOLE.slice(0, 3)).length; at++) {
      const bytes = bytesOf(WHOLE);
      bytes[at]! ^= 0x10;
      for (const chunk of [undefined, 5]) {
        const { llm } = answering(() => streamed(bytes, chunk));
        await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({
          code: 'malformed-response',
          provider: 'bedrock',
          partial: { text: 'Grüße ' },
        });
      }
    }
  });

  it('C-13: of more bytes than the bound are read no further', async () => {
    const frame = awsFrames.bytes(awsFrame('contentBlockDelta', { delta: { text: 'x'.repeat(5_000) } }));
    const { llm } = answering(() => streamed(new Uint8Array(frame).slice(0, 4_000)), { maxLineBytes: 2_000 });
    const call = llm.streamChat('Hi').final();
    await expect(call).rejects.toMatchObject({ code: 'malformed-response' });
    await expect(call).rejects.toThrow('maxLineBytes');
  });

  it('W-02: messages of another kind are no matter', async () => {
    const { llm } = answering(() =>
      streamed(bytesOf([WHOLE[0]!, ['ofTomorrow', { a: 1 }], ...WHOLE.slice(1)])),
    );
    expect((await llm.streamChat('Hi').final()).text).toBe('Grüße 👋.');
  });

  it('W-02: headers of every type and of strange names, before and behind those that count, are no matter', async () => {
    const sizes = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
    const strange = sizes.map((size, type) =>
      size === undefined
        ? header(`odd-${type}`, type, 0, 3, 1, 2, 3)
        : header(`:odd-${type}`, type, ...bytes(size)),
    );
    const frames = WHOLE.map((event) => withHeaders(bytesOf([event]), Buffer.concat(strange)));
    const { llm } = answering(() => streamed(Buffer.concat(frames)));
    expect((await llm.streamChat('Hi').final()).text).toBe('Grüße 👋.');
  });
});

describe('E-06: exceptions within a stream', () => {
  it.each([
    ['throttlingException', 'Too many requests', 'rate-limit', true],
    ['modelStreamErrorException', 'The model stopped', 'server', true],
    ['internalServerException', 'Oh', 'server', true],
    ['modelTimeoutException', 'Too slow', 'server', true],
    ['serviceUnavailableException', 'Later', 'overloaded', true],
    ['validationException', 'No such thing', 'invalid-request', false],
    ['validationException', 'Input is too long for requested model.', 'context-length', false],
  ])('%s (%s) is %s, with what had come', async (name, message, code, retryable) => {
    const call = after([name, { message }]).llm.streamChat('Hi').final();
    await expect(call).rejects.toMatchObject({ code, partial: { text: 'Grüße ' } });
    await expect(call).rejects.toThrow(message.replace(/\.$/, ''));
    const first = answering(() => streamed(bytesOf([[name, { message }]])))
      .llm.streamChat('Hi')
      .final();
    await expect(first).rejects.toMatchObject({ code, retryable });
  });
});

describe('E-02: what is no stream of frames', () => {
  it.each([
    [
      'server-sent events',
      'data: {"messageStart":{}}\n\n'.repeat(9),
      'text/event-stream',
      'malformed-response',
    ],
    ['a page', '<html>no</html>', 'text/html', 'malformed-response'],
    ['JSON that fails', '{"message":"Too many requests, please wait"}', 'application/json', 'rate-limit'],
    [
      'JSON that fails under the name of frames',
      '{"__type":"ThrottlingException","message":"x"}',
      awsFrames.contentType,
      'rate-limit',
    ],
  ])('%s', async (_name, body, type, code) => {
    const { llm } = answering(() => new Response(body, { headers: { 'content-type': type } }));
    await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({ code });
  });

  it('C-04: bytes that are no frames are no sign of life', async () => {
    await using wire = await startWire(async (_request, reply) => {
      reply.writeHead(200, { 'content-type': awsFrames.contentType });
      for (; !reply.destroyed; await new Promise((resolve) => setTimeout(resolve, 20))) reply.write('ping');
    });
    const llm = new BedrockLLM({ model: 'm', apiKey: 'k', baseURL: wire.url, retry: false, timeoutMs: 300 });
    await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({ code: 'timeout' });
  });
});
