/** `node:zlib` where there is none: what the wire lab compresses with. */
import { Buffer } from 'node:buffer';
import { gzipSync as gzip } from 'fflate';

export const gzipSync = (bytes) => Buffer.from(gzip(bytes));
