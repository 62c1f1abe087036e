/** A value as JSON has it. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** UTF-16 units of a text that is kept whole: a long document is, a picture in base64 is not. */
const MAX_TEXT = 65_536;
const MAX_ITEMS = 1_000;
const MAX_DEPTH = 24;
/** UTF-16 units of a member's name. */
const MAX_NAME = 1_000;
/** UTF-16 units of all texts of one value, and a few for each of its parts. */
const MAX_TOTAL = 524_288;
const PART = 4;
/** Units behind a cut in which a key may go on. */
const MARGIN = 256;

/**
 * A copy of `value` that JSON can write: bounded, without circles, vectors and bytes as a note of their length, and never a
 * throw, whatever getters and proxies stand in it. What was left out is said in its place.
 */
export function plain(value: unknown): Plain {
  return copy(value, { left: MAX_TOTAL, around: [] });
}

interface Copying {
  /** Units that may still be written. */
  left: number;
  /** The objects around, against circles. */
  readonly around: object[];
}

function copy(value: unknown, state: Copying): Plain {
  state.left -= PART;
  switch (typeof value) {
    case 'string':
      return textOf(value, state);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? null : objectOf(value, state);
    case 'undefined':
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
  }
}

function textOf(text: string, state: Copying): string {
  const most = Math.min(MAX_TEXT, state.left);
  const kept = withoutKeys(text.slice(0, most + MARGIN)).slice(0, most);
  state.left -= kept.length;
  return text.length <= most ? kept : `${kept}… [${text.length - most} more characters]`;
}

function objectOf(value: object, state: Copying): Plain {
  try {
    if (state.around.includes(value)) return '[circular]';
    if (state.around.length >= MAX_DEPTH) return '[too deep]';
    if (state.left <= 0) return '[left out]';
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return measured(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL) return textOf(addressOf(value), state);
    if (value instanceof Error) return textOf(`${value.name}: ${value.message}`, state);
    state.around.push(value);
    try {
      return Array.isArray(value) ? listOf(value, state) : membersOf(value, state);
    } finally {
      state.around.pop();
    }
  } catch {
    return '[unreadable]';
  }
}

function measured(value: ArrayBufferView | ArrayBuffer): string {
  const length = value instanceof Float32Array || value instanceof Float64Array ? value.length : undefined;
  return length === undefined ? `[${value.byteLength} bytes]` : `[${length} numbers]`;
}

function listOf(list: readonly unknown[], state: Copying): Plain[] {
  const kept: Plain[] = [];
  for (const item of list.slice(0, MAX_ITEMS)) {
    if (state.left <= 0) break;
    kept.push(copy(item, state));
  }
  return kept.length === list.length ? kept : [...kept, `[${list.length - kept.length} more]`];
}

function membersOf(value: object, state: Copying): Plain {
  const members = value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
  const items = value instanceof Set ? [...(value as Set<unknown>)] : undefined;
  if (items !== undefined) return listOf(items, state);
  const result: { [key: string]: Plain } = {};
  const names = Object.keys(members);
  for (const [at, name] of names.entries()) {
    if (at >= MAX_ITEMS || state.left <= 0) {
      result['…'] = `[${names.length - at} more]`;
      break;
    }
    const member = (members as Record<string, unknown>)[name];
    if (member === undefined) continue;
    const kept = withoutKeys(name.slice(0, MAX_NAME + MARGIN)).slice(0, MAX_NAME);
    state.left -= kept.length;
    Object.defineProperty(result, kept, {
      value: copy(member, state),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

/** Without user, password, query and fragment: only whoever made it knows which part is secret. */
function addressOf(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = shown.search = shown.hash = '';
  return url.search === '' && url.hash === '' ? shown.href : `${shown.href}…`;
}

/** How providers and hosts write keys. Each begins with fixed letters and takes all that follows them, so that none looks back. */
const KEYS =
  /\b(?:sk-|pa-|hf_|gsk_|xai-|tvly-|pcsk_|jina_|nvapi-|npm_|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|AKIA|ASIA|ABSK|AIza)[A-Za-z0-9_/+=-]{16,}|\b(?:Bearer|Basic) [A-Za-z0-9_.~+/=-]{12,}/g;
/**
 * User and password of an address, or one of them; slashes as JSON may escape them. Marks that only a password has stand in one
 * alone, so that `//host:8080?mail=a@b` is none. What comes again is never the slash that it begins with.
 */
const USER_INFO = /(\/\\?\/)(?:[^/\s"?#:]*:(?!\d{1,5}[?#])[^/\s"]*|[^/\s"?#]+)@/g;
/** A parameter of an address whose name says that it is secret, also where HTML or JSON escapes the `&`. */
const SECRET_PARAMETER =
  /((?:[?&#]|&amp;|\\u0026)[\w.-]{0,40}?(?:key|token|secret|passw(?:or)?d|authorization|credential|sig(?:nature)?)=)[^&\s"#<>\\]+/gi;
/** Words with the dots in them, whole: some are JSON web tokens. */
const WORDS = /[A-Za-z0-9_.-]+/g;
const TOKEN_PART = /^eyJ[A-Za-z0-9_-]{16}/;

/**
 * Without what has the form of a key. Core lets none into events; what an application's own tools say, and what users
 * paste, may hold one.
 */
export function withoutKeys(text: string): string {
  const rest = text
    .replace(KEYS, '[redacted]')
    .replace(USER_INFO, '$1[redacted]@')
    .replace(SECRET_PARAMETER, '$1[redacted]');
  return rest.includes('eyJ') ? rest.replace(WORDS, withoutTokens) : rest;
}

/** A token has three parts, of which the first two begin as a JSON object does in base64. */
function withoutTokens(word: string): string {
  const parts = word.split('.');
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at++) {
    const [one = '', two = '', three = ''] = parts.slice(at, at + 3);
    const isToken = TOKEN_PART.test(one) && TOKEN_PART.test(two) && three.length >= 16;
    kept.push(isToken ? '[redacted]' : one);
    if (isToken) at += 2;
  }
  return kept.join('.');
}
