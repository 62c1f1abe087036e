import { crc32 } from 'node:zlib';
import { awsFrame, awsFrames } from '@mortise/conformance';
import { drip, pour, SILENT, type Attack } from './server.ts';

const type = awsFrames.contentType;

/** An event of a kind of tomorrow's, which is left out: it takes of a reply and adds nothing to it. */
const STRANGE = awsFrames.bytes(awsFrame('ofTomorrow', { said: 'x'.repeat(4_000) }));

/** A text that belongs to the reply. */
const SAID = awsFrames.bytes(
  awsFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x'.repeat(4_000) } }),
);

const BEGUN = awsFrames.bytes(awsFrame('messageStart', { role: 'assistant' }));

/** The twelve bytes before a frame, which promise so many; the checksum is right. */
function prelude(bytes: number, headers: number): Buffer {
  const lengths = Buffer.alloc(12);
  lengths.writeUInt32BE(bytes, 0);
  lengths.writeUInt32BE(headers, 4);
  lengths.writeUInt32BE(crc32(lengths.subarray(0, 8)), 8);
  return lengths;
}

/** A frame of headers alone, of 15 MB: nearly two million names, no two of them equal, without values. */
function manyHeaders(): Buffer {
  const each = 8;
  const headers = Buffer.alloc(15 * 2 ** 20);
  for (let at = 0; at < headers.length; at += each) {
    headers[at] = 4;
    headers.write((at / each).toString(36).padStart(4, '0'), at + 1, 'latin1');
    headers[at + 5] = 7;
  }
  const unsigned = Buffer.concat([prelude(16 + headers.length, headers.length), headers]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(unsigned));
  return Buffer.concat([unsigned, checksum]);
}

/** Attacks on streams of AWS's binary frames. */
export const FRAMES: Readonly<Record<string, Attack>> = {
  'frames of a strange kind without end': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type, begin: BEGUN, piece: Buffer.concat(Array<Uint8Array>(16).fill(STRANGE)) }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
    seconds: 250,
  },
  'texts in frames without end': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type, begin: BEGUN, piece: Buffer.concat(Array<Uint8Array>(16).fill(SAID)) }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
    seconds: 250,
    // Of what was said, which the error carries; the bound by itself is what an application has room for.
    settings: { maxReplyBytes: 2 ** 24 },
  },
  'a frame of 4 GB': {
    answer: (_subject, _request, reply) => pour(reply, { type, begin: prelude(0xffffffff, 96) }),
    code: 'malformed-response',
    names: 'maxLineBytes',
  },
  'a frame of 4 GB, gzipped': {
    answer: (_subject, _request, reply) => pour(reply, { type, begin: prelude(0xffffffff, 96), gzip: true }),
    code: 'malformed-response',
    names: 'maxLineBytes',
  },
  'a frame whose headers are 4 GB': {
    answer: (_subject, _request, reply) => pour(reply, { type, begin: prelude(0xffffffff, 0xffffffff - 16) }),
    code: 'malformed-response',
    names: 'maxLineBytes',
  },
  'a frame of two million headers': {
    async answer(_subject, _request, reply) {
      reply.writeHead(200, { 'content-type': type });
      reply.write(BEGUN);
      reply.end(manyHeaders());
    },
    code: 'stream-truncated',
  },
  'frames with checksums of garbage': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type, begin: BEGUN, piece: Buffer.from(STRANGE).fill(0xa5, STRANGE.length - 4) }),
    code: 'malformed-response',
    names: 'checksum',
  },
  'garbage without end behind a frame': {
    answer: (_subject, _request, reply) => pour(reply, { type, begin: BEGUN }),
    code: 'malformed-response',
    names: 'checksum',
  },
  'garbage without end in place of frames': {
    answer: (_subject, _request, reply) => pour(reply, { type }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
    seconds: 250,
  },
  'a frame of 4 GB, and silence': {
    answer(_subject, _request, reply) {
      reply.writeHead(200, { 'content-type': type });
      reply.write(Buffer.concat([BEGUN, prelude(0xffffffff, 96)]));
    },
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
  'a frame that only drips': {
    answer: (_subject, _request, reply) =>
      drip(reply, Buffer.concat([BEGUN, prelude(0xffffffff, 96)]), 'x', type),
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
  'frames of a strange kind for ever': {
    answer: (_subject, _request, reply) => drip(reply, BEGUN, STRANGE, type),
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
};
