import { isMortiseError } from '@mortise/core';

/** A failure that the user can mend: what is wrong, and what to do about it. */
export class EvaluateError extends Error {
  override readonly name = 'EvaluateError';

  constructor(what: string, hint: string, options?: ErrorOptions) {
    super(`${what}. ${hint}`, options);
  }
}

/** One line for a failure that was foreseen; what was not keeps its stack, for whoever mends the program. */
export function describeFailure(error: unknown): string {
  if (error instanceof EvaluateError || isMortiseError(error)) return `error: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
