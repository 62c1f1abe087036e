import { LITTLE_ENDIAN } from '../shared/endian.ts';
import { malformed, type About } from './about.ts';

interface NodeBuffer {
  from(text: string, encoding: 'base64'): Uint8Array;
}

/**
 * The numbers of a base64 string of little-endian 32-bit floats, as OpenAI's `encoding_format: "base64"` gives them,
 * without an intermediate `number[]`. What is not base64, or no multiple of 4 bytes, is `malformed-response`.
 */
export function float32FromBase64(text: string, about: About): Float32Array {
  const bytes = bytesFromBase64(text, about);
  if (bytes.length % 4 !== 0)
    throw malformed(`an embedding of ${bytes.length} bytes, which is not a multiple of 4`, about);
  // A small Buffer is a window on a shared pool at any offset: floats need a multiple of 4, and a result of its own.
  const aligned = bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
  if (!LITTLE_ENDIAN) swap(aligned);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

function bytesFromBase64(text: string, about: About): Uint8Array {
  const { Buffer } = globalThis as { Buffer?: NodeBuffer };
  // Several times as fast as atob.
  if (Buffer !== undefined) {
    const bytes = Buffer.from(text, 'base64');
    // It leaves out what is not base64, and says nothing.
    if (bytes.length !== Math.floor((unpadded(text) * 3) / 4))
      throw malformed('an embedding that is not base64', about);
    return bytes;
  }
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch (cause) {
    throw malformed('an embedding that is not base64', about, cause);
  }
}

/** The length without the padding, which may be missing. */
function unpadded(text: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === '=') end--;
  return end;
}

function swap(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
}
