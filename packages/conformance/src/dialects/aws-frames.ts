import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Frame, FrameFormat } from './contract.ts';

/** AWS's binary event streams: https://smithy.io/2.0/aws/amazon-eventstream.html */
export const awsFrames: FrameFormat = {
  contentType: 'application/vnd.amazon.eventstream',
  bytes: ({ event = 'message', data }) => frameOf(event, data),
};

/** An event as a frame. What is named an exception, or an error, is one. */
export function awsFrame(event: string, data: unknown, terminal?: true): Frame {
  const frame = { event, data: JSON.stringify(data), format: awsFrames };
  return terminal === undefined ? frame : { ...frame, terminal };
}

function frameOf(event: string, data: string): Buffer {
  const isFailure = /exception$|^error$/i.test(event);
  const headers = Buffer.concat([
    header(':message-type', isFailure ? 'exception' : 'event'),
    header(isFailure ? ':exception-type' : ':event-type', event),
    header(':content-type', 'application/json'),
  ]);
  const payload = Buffer.from(data, 'utf8');
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const unsigned = Buffer.concat([prelude, checksum(prelude), headers, payload]);
  return Buffer.concat([unsigned, checksum(unsigned)]);
}

/** Of the type that is a string. */
function header(name: string, value: string): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7), size, Buffer.from(value)]);
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
