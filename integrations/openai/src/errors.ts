import type { MortiseError } from '@mortise/core';
import type { PartialChatResponse } from '@mortise/core/llm';
import { describeFailure, errorFromSaid, failedEnd, type About } from '@mortise/core/wire';

/** Who speaks, and what must not be repeated. */
export interface ErrorAbout extends About {}

/** An error that came with a 200: in a stream's event, in a failed response, in place of a completion. */
export function errorFromBody(error: unknown, about: ErrorAbout): MortiseError {
  return errorFromSaid(describeFailure(error), about);
}

/** E-06: the error of an end that is a failure, with the choice's own words where it has some. */
export function endError(
  { finish_reason: reason, error }: { finish_reason?: unknown; error?: unknown },
  about: ErrorAbout,
  partialOf?: () => PartialChatResponse,
): MortiseError | undefined {
  const code = failedEnd(reason);
  if (code === undefined && (error === undefined || error === null)) return undefined;
  const word = code === undefined ? {} : { word: String(reason) };
  return errorFromSaid({ ...word, ...describeFailure(error) }, about, {
    fallback: code,
    partial: partialOf?.(),
  });
}
