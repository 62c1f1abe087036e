import {
  errorText,
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
  redact,
  thrownWithoutSecrets,
  withoutSecrets,
  type About,
} from '@mortise/core/wire';
import { secretsOf } from './secrets.ts';
import { objectOf, type Members } from './values.ts';

/** Codes of LangChain.js, where no status tells more. */
const CODES: ReadonlyMap<unknown, KnownErrorCode> = new Map([
  ['MODEL_AUTHENTICATION', 'authentication'],
  ['MODEL_RATE_LIMIT', 'rate-limit'],
  ['MODEL_NOT_FOUND', 'not-found'],
  ['INVALID_TOOL_RESULTS', 'invalid-request'],
  ['MESSAGE_COERCION_FAILURE', 'invalid-request'],
]);

const NAMES: ReadonlyMap<unknown, KnownErrorCode> = new Map([
  ['ContextOverflowError', 'context-length'],
  ['ModelRefusalError', 'content-filter'],
]);

/**
 * What a model of theirs threw, typed: a refusal of HTTP by its status and what its body says, as their SDKs carry it;
 * their own errors by name and code; what their code stumbled over in a reply as `malformed-response`. It shows no
 * secrets: those of `asked`, of `theirs`, which failed, and what the error itself keeps of its request.
 */
export function fromThrown(thrown: unknown, asked: About, theirs?: object): unknown {
  if (isMortiseError(thrown)) return thrown;
  const { provider, model, secrets = [] } = asked;
  const about = {
    provider,
    model,
    secrets: [...secrets, ...secretsOf(theirs), ...secretsOf(thrown)],
  };
  if (!isObject(thrown)) return thrownWithoutSecrets(thrown, about);
  const named = NAMES.get(thrown['name']);
  if (named !== undefined) return typed(named, thrown, about);
  const status = statusOf(thrown);
  if (status !== undefined) {
    const error = errorFromThrown(refusal(thrown, status), about);
    return isMortiseError(error)
      ? withErrorFields(error, { cause: withoutSecrets(thrown, about.secrets) })
      : error;
  }
  // What an SDK read in the middle of a stream, without a status.
  if (isObject(thrown['error'])) {
    const error = errorFromSaid(describeFailure(thrown['error']), about);
    return withErrorFields(error, { cause: withoutSecrets(thrown, about.secrets) });
  }
  const code = CODES.get(thrown['lc_error_code']);
  if (code !== undefined) return typed(code, thrown, about);
  if (/\b(is|are) not supported\b|must be formatted as a data URL/.test(errorText(thrown)))
    return typed('unsupported', thrown, about);
  const isStumble = thrown['name'] === 'SyntaxError' || thrown['name'] === 'TypeError';
  if (!isStumble || toMortiseError(thrown, about).code !== 'internal')
    return thrownWithoutSecrets(thrown, about);
  return typed('malformed-response', thrown, about);
}

function statusOf(thrown: Members): number | undefined {
  const { status, statusCode, response, $metadata } = thrown;
  const said = [status, statusCode, objectOf(response)['status'], objectOf($metadata)['httpStatusCode']];
  return said.find((each) => typeof each === 'number' && each >= 400 && each <= 599) as number | undefined;
}

/** In the shape that core reads, whichever SDK is behind it. */
function refusal(thrown: Members, status: number): object {
  const response = objectOf(thrown['response']);
  const { headers = response['headers'], error = response['data'] ?? thrown['body'] } = thrown;
  const message = withoutAdvert(errorText(thrown));
  return { status, headers: headersOf(headers), error, message };
}

function headersOf(headers: unknown): Headers | undefined {
  if (headers instanceof Headers) return headers;
  if (!isObject(headers)) return undefined;
  const said = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  try {
    return new Headers(said);
  } catch {
    return undefined;
  }
}

function typed(code: KnownErrorCode, thrown: Members, { provider, model, secrets }: About): MortiseError {
  const said = redact(withoutAdvert(errorText(thrown)), secrets).replace(/\.$/, '');
  const message = `The LangChain model failed: ${said}. ${REMEDIES[code] ?? 'Look at the cause.'}`;
  const status = statusOf(thrown) ?? statusOf(objectOf(thrown['cause']));
  return new MortiseError(code, message, { provider, model, status, cause: withoutSecrets(thrown, secrets) });
}

const REMEDIES: { readonly [code in KnownErrorCode]?: string } = {
  unsupported: 'Leave it out, or use another model.',
  'context-length': 'Shorten the messages, with fitMessages for instance.',
  'malformed-response': 'Check the base URL, and any proxy between.',
};

/** Theirs end with an address of their documentation. */
function withoutAdvert(message: string): string {
  return (message.split('\n\nTroubleshooting URL:')[0] ?? message).trim();
}
