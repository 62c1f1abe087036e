import { DEFAULT_MAX_FILE_BYTES } from '@mortise/core/reader';
import { wholeNumber } from '@mortise/core/shared';

/** Of formats that hold a file as a whole. */
export interface WholeFileOptions {
  /** Bytes that a file may have; a larger one is `parse`, and is not held. Default: 67,108,864 (64 MiB). */
  maxBytes?: number | undefined;
}

/** The bound, checked. */
export function boundOf({ maxBytes = DEFAULT_MAX_FILE_BYTES }: WholeFileOptions): number {
  return wholeNumber('maxBytes', maxBytes, { orInfinity: true });
}
