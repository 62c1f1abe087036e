import type { Attempt } from '../call/contract.ts';
import { MortiseError } from '../errors.ts';
import { redact, type Secrets } from './secrets.ts';

/** Who speaks, for messages. */
export interface About {
  readonly provider: string;
  readonly model?: string | undefined;
  /** What no error may show: the keys and header values of the call, should the provider echo them. */
  readonly secrets?: Secrets;
}

/** What reading a reply tells of it. */
export type ReadingAttempt = Pick<Attempt, 'touch' | 'replied'> & Partial<Pick<Attempt, 'warn'>>;

/** `malformed-response`: what arrived is not what the provider documents. */
export function malformed(what: string, { provider, model, secrets }: About, cause?: unknown): MortiseError {
  const message = `${provider} answered with ${what}. Check the base URL, and any proxy between.`;
  return new MortiseError('malformed-response', redact(message, secrets), { provider, model, cause });
}
