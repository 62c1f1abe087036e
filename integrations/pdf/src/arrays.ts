/** Whether an array past its bound was asked for. */
export interface ArrayBound {
  /** Since it was asked last. */
  take(): boolean;
}

const ARRAYS = {
  ArrayBuffer,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;

/**
 * Bounds the bytes of each array that this thread makes. The heap's bound does not count them, and a stream of a few
 * thousand bytes may be of a thousand million when it is decompressed: pdf.js makes room for it by arrays of twice the size.
 */
export function boundArrays(mostBytes: number): ArrayBound {
  let isPast = false;
  for (const [name, array] of Object.entries(ARRAYS)) {
    const bytesEach = 'BYTES_PER_ELEMENT' in array ? array.BYTES_PER_ELEMENT : 1;
    const bounded = new Proxy(array, {
      construct(target, args: unknown[], newTarget) {
        const [length] = args;
        if (typeof length === 'number' && length * bytesEach > mostBytes) {
          isPast = true;
          throw new RangeError(
            `An array of ${length * bytesEach} bytes is asked for; ${mostBytes} are allowed.`,
          );
        }
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    Object.defineProperty(globalThis, name, { value: bounded, configurable: true, writable: true });
  }
  // It collects what it gives in as many pieces as there are. pdf.js has its own way where there is none.
  Object.defineProperty(globalThis, 'DecompressionStream', {
    value: undefined,
    configurable: true,
    writable: true,
  });
  return {
    take() {
      const was = isPast;
      isPast = false;
      return was;
    },
  };
}
