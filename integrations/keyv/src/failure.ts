import { errorText } from '@mortise/core';

/** Why Keyv or what is behind it failed, and what may be shown of it. */
export interface Failure {
  readonly reason: string;
  readonly cause: unknown;
}

/**
 * The errors of `ioredis` hold the command that failed with its arguments, and of a login that is the password: of these no more
 * than the reason and the code is left. A server that does not know a command repeats its arguments too.
 */
export function failureOf(thrown: unknown): Failure {
  const said = errorText(thrown);
  const [reason = ''] = said.split(', with args beginning with:', 1);
  const code = memberOf(thrown, 'code');
  if (memberOf(thrown, 'command') === undefined && reason === said) return { reason, cause: thrown };
  return { reason, cause: Object.assign(new Error(reason), typeof code === 'string' && { code }) };
}

/** Another's error may be anything, a getter that throws included. */
function memberOf(thrown: unknown, name: 'code' | 'command'): unknown {
  try {
    return (Object(thrown) as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}
