import {
  isMortiseError,
  MortiseError,
  toMortiseError,
  withErrorFields,
  type KnownErrorCode,
} from '@mortise/core';
import { isObject } from '@mortise/core/shared';
import {
  describeFailure,
  errorFromSaid,
  errorFromThrown,
  malformed,
  thrownWithoutSecrets,
  throwFailure,
  withoutSecrets,
  type About,
} from '@mortise/core/wire';
import { headersOf, partOf, textOf, type Part } from '../read.ts';

/** What the names of their errors come to that have no status. */
const CODES: { readonly [name: string]: KnownErrorCode } = {
  AI_LoadAPIKeyError: 'configuration',
  AI_LoadSettingError: 'configuration',
  AI_NoSuchModelError: 'not-found',
  AI_NoSuchProviderReferenceError: 'invalid-request',
  AI_UnsupportedFunctionalityError: 'unsupported',
  AI_InvalidPromptError: 'invalid-request',
  AI_InvalidArgumentError: 'invalid-request',
  AI_TooManyEmbeddingValuesForCallError: 'invalid-request',
};
/** Of a reply that is not what their provider expects. */
const MALFORMED = new Set([
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
  'AI_NoContentGeneratedError',
]);

/** What a model of theirs threw, as ours: by its status, its name, or what the reply says in it. */
export function errorFrom(thrown: unknown, about: About): unknown {
  try {
    return mapped(thrown, about);
  } catch (error) {
    return error;
  }
}

function mapped(thrown: unknown, about: About): unknown {
  if (!isObject(thrown)) return thrownWithoutSecrets(thrown, about);
  const error: Part = thrown;
  const { statusCode, isRetryable } = error;
  const ours = mortiseErrorIn(thrown);
  if (ours !== undefined) {
    // Of a model of ours behind theirs: what it says stands, and whether it was tried enough already.
    const retryable = ours.retryable && isRetryable !== false;
    return retryable === ours.retryable ? ours : withErrorFields(ours, { retryable });
  }
  if (typeof statusCode === 'number' && statusCode >= 400) return refusal(error, statusCode, about);
  // Whatever theirs made of a connection that broke, or of an abort.
  if (toMortiseError(thrown).code !== 'internal') return thrownWithoutSecrets(thrown, about);
  const name = textOf(error['name']) ?? '';
  const cause = partOf(error['cause']);
  const isNone = MALFORMED.has(name) || MALFORMED.has(textOf(cause['name']) ?? '');
  if (isNone || statusCode === 200) {
    for (const each of [error, cause])
      for (const said of [each['responseBody'], each['text'], each['value'], each['data']])
        failureIn(said, about);
    return malformed('something else than its provider documents', about, thrown);
  }
  const code = CODES[name];
  if (code === undefined) return thrownWithoutSecrets(thrown, about);
  const { provider, model, secrets } = about;
  const message = `${textOf(error['message']) ?? name} (from the AI SDK). ${REMEDIES[code] ?? 'Change the call.'}`;
  return new MortiseError(code, message, { provider, model, cause: withoutSecrets(thrown, secrets) });
}

const REMEDIES: { readonly [code in KnownErrorCode]?: string } = {
  configuration: 'Give it to the provider that the model was made with.',
  'not-found': "Check the model's name.",
  unsupported: 'Leave it out, or use another model.',
  'invalid-request': 'Check the messages and the options of the call.',
};

function mortiseErrorIn(thrown: unknown): MortiseError | undefined {
  let error = thrown;
  for (let depth = 0; depth < 8 && isObject(error); depth++) {
    if (isMortiseError(error)) return error;
    error = (error as Part)['cause'];
  }
  return undefined;
}

/** E-04: status and body mean what they mean everywhere; what theirs holds for final is not tried again. */
function refusal(error: Part, status: number, about: About): unknown {
  const { responseHeaders, responseBody, data, isRetryable, message } = error;
  const headers = headersOf(responseHeaders);
  const body = textOf(responseBody) ?? data;
  const found = errorFromThrown({ status, headers, error: body, message }, about);
  if (!isMortiseError(found)) return found;
  const cause = withoutSecrets(error, about.secrets);
  const isFinal =
    isRetryable === false && (status === 408 || status === 409 || status === 429 || status >= 500);
  return withErrorFields(found, { cause, ...(isFinal ? { retryable: false } : {}) });
}

/** A failure in place of a reply, in whichever server's shape. */
function failureIn(said: unknown, about: About): void {
  let body = said;
  if (typeof said === 'string') {
    try {
      body = JSON.parse(said) as unknown;
    } catch {
      return;
    }
  }
  throwFailure(body, about, true);
}

/** An `error` part of a stream: an error of theirs, or what the provider's frame said. */
export function errorFromPart(said: unknown, about: About): unknown {
  const isError = said instanceof Error || (isObject(said) && 'statusCode' in said);
  return isError ? errorFrom(said, about) : errorFromSaid(describeFailure(said), about);
}

/** Some of theirs say so that a stream was cut; where it is none of ours to say, core finds that no end came. */
export function saysCut(error: unknown): boolean {
  const { name, message } = partOf(error);
  return name === 'AI_InvalidResponseDataError' && /\bended without\b/.test(textOf(message) ?? '');
}
