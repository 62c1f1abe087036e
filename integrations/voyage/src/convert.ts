import { isObject } from '@mortise/core/shared';
import type { About } from '@mortise/core/wire';

/** A member of a body, as it stands on the wire. */
export type WireBody = { [member: string]: unknown };

export interface WireAbout extends About {
  readonly model: string;
}

/** The tokens that a reply says it took. */
export function tokensOf({ usage }: WireBody): number | undefined {
  const total: unknown = isObject(usage) ? usage['total_tokens'] : undefined;
  return typeof total === 'number' && Number.isFinite(total) ? total : undefined;
}
