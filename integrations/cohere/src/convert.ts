import { MortiseError, type Warning } from '@mortise/core';
import type { ChatRequest, ProviderMetadata } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import type { ErrorAbout } from './errors.ts';

/** A member of a body, as it stands on the wire. */
export type WireBody = { [member: string]: unknown };

export interface WireAbout extends ErrorAbout {
  readonly model: string;
}

/** What a request is converted with. */
export interface WireContext extends WireAbout {
  /** Says that a preference was left out or changed. */
  warn(warning: Warning): void;
}

/** C-08: a preference that the API has no field for is left out with a warning, or refused when `strict`. */
export function leaveOut(request: ChatRequest, context: WireContext, setting: string, why: string): void {
  if (request.strict) throw unsupported(context, setting, why);
  context.warn({ type: 'unsupported-setting', setting, message: `${setting} was left out: ${why}` });
}

export function unsupported({ provider, model }: WireAbout, what: string, remedy: string): MortiseError {
  const message = `${model} cannot be sent ${what}: ${remedy}`;
  return new MortiseError('unsupported', message, { provider, model });
}

/** What this provider said of a block when it sent it. Another provider's blocks have none. */
export function ownMetadata(block: {
  providerMetadata?: ProviderMetadata | undefined;
}): WireBody | undefined {
  const own = block.providerMetadata?.['cohere'];
  return isObject(own) ? own : undefined;
}

/** A list of objects, whatever the reply holds there. */
export function objectsOf(value: unknown): WireBody[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function objectOf(value: unknown): WireBody {
  return isObject(value) ? value : {};
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
