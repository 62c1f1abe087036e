import { errorText, isMortiseError, MortiseError, type KnownErrorCode } from '@mortise/core';

type Kind = readonly [KnownErrorCode, advice: string];

const GONE: Kind = ['connection', 'Check that the server runs and can be reached.'];
const BUSY: Kind = ['overloaded', 'Try again later.'];
const LOGIN: Kind = ['authentication', 'Check the user and the password of the connection.'];
const FULL: Kind = ['quota', 'Raise `maxmemory` of the server, or free some of it.'];
const OTHER: Kind = ['internal', 'Check the server and its log.'];

/** The first word of what a server of Redis refuses with. */
const WORDS: Readonly<Record<string, Kind>> = {
  NOAUTH: LOGIN,
  WRONGPASS: LOGIN,
  NOPERM: ['permission', 'Let the user run EVAL, EVALSHA and the commands of the script on these keys.'],
  OOM: FULL,
  MISCONF: FULL,
  LOADING: BUSY,
  BUSY,
  TRYAGAIN: BUSY,
  CLUSTERDOWN: GONE,
  MASTERDOWN: GONE,
  NOREPLICAS: BUSY,
  READONLY: ['connection', 'It is a replica that only reads: connect to the primary.'],
  WRONGTYPE: ['configuration', 'Something else is kept under its keys. Give another `prefix`.'],
};

const NETWORK = /^(?:ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES|NR_CLOSED)/;
/** `ioredis` says these without a code. */
const ENDED =
  /^(?:Connection is closed|Stream isn't writeable|Command timed out|Reached the max retries|None of startup nodes|Cluster)/;

/**
 * What a client of Redis throws, as ours: the reason and what to do. Its cause says as much as that: errors of `ioredis` hold
 * the command that failed with its arguments, and of a login that is the password.
 */
export function redisFailure(place: string, thrown: unknown): MortiseError {
  if (isMortiseError(thrown)) return thrown;
  // A server that does not know the command of a login repeats its arguments.
  const [words = ''] = errorText(thrown).split(', with args beginning with:', 1);
  const said = words.replace(/\.$/, '');
  const [code, advice] = kindOf(thrown, said);
  const cause = Object.assign(new Error(said), { code: codeOf(thrown) });
  return new MortiseError(code, `${place}: Redis failed: ${said}. ${advice}`, { cause });
}

function kindOf(error: unknown, said: string): Kind {
  const [word = ''] = said.split(' ', 1);
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (known !== undefined) return known;
  return NETWORK.test(codeOf(error) ?? '') || ENDED.test(said) ? GONE : OTHER;
}

/** Another's error may be anything, a getter that throws included. */
function codeOf(error: unknown): string | undefined {
  try {
    const { code } = error as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
