import { open } from 'node:fs/promises';

const STEP_BYTES = 4_194_304;

/**
 * The bytes of a file of at most `maxBytes`; undefined for a larger one, of which no more is read. What has no size, such as
 * a device, or grows meanwhile, is counted as it comes.
 */
export async function readBounded(
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > maxBytes) return undefined;
    // One more tells whether it ends there.
    let buffer = Buffer.allocUnsafe(size + 1);
    for (let length = 0; ;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, length, Math.min(STEP_BYTES, buffer.length - length));
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
      if (length > maxBytes) return undefined;
      if (length === buffer.length) buffer = Buffer.concat([buffer], length * 2);
    }
  } finally {
    await file.close();
  }
}
