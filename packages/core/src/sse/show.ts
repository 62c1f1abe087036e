import { isMortiseError } from '../errors.ts';
import { base64Of } from '../shared/base64.ts';
import { isObject } from '../shared/json.ts';
import type { SSEError, SSEShow } from './contract.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * `value` without what `show` does not ask for: undefined where nothing is left of it. One function for the events of all
 * streams, since they are made of the same blocks. What the model or the application wrote (the arguments of a call, a
 * structured value, what is asked for of a node's metadata) is not looked into.
 */
export function showEvent(value: unknown, show: SSEShow): unknown {
  if (value instanceof Uint8Array) return base64Of(value);
  if (Array.isArray(value))
    return value.map((item) => showEvent(item, show)).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  const type = String(value['type']);
  if (type.includes(':')) return show.own === true ? value : undefined;
  if (type.startsWith('reasoning') && show.reasoning !== true) return undefined;
  if (type === 'warning' && show.warnings !== true) return undefined;
  const members = Object.entries(value).map(([key, member]) => [key, memberOf(key, member, value, show)]);
  // An event about something that is not shown.
  if (members.some(([key, member]) => member === undefined && (key === 'block' || key === 'event')))
    return undefined;
  return Object.fromEntries(members);
}

function memberOf(key: string, value: unknown, { type, isError }: Members, show: SSEShow): unknown {
  switch (key) {
    case 'arguments':
    case 'value':
      return value;
    case 'node':
      return nodeOf(value as Members, show.sources);
    case 'quote':
      return type !== 'citation' || show.sources === true ? value : undefined;
    case 'approval':
      return type !== 'approval-asked' || show.approvals === true ? value : undefined;
    case 'usage':
      return show.rawUsage === true ? value : { ...(value as Members), raw: undefined };
    case 'warnings':
      return show.warnings === true ? value : [];
    case 'metadata':
      return show.metadata === true ? value : {};
    case 'providerMetadata':
    case 'signature':
    case 'encrypted':
    case 'owner':
    case 'server':
      return show.metadata === true ? value : undefined;
    default:
      return isError === true && key === 'content' && show.toolErrors !== true
        ? 'The tool failed.'
        : showEvent(value, show);
  }
}

function nodeOf({ type, id, text, metadata }: Members, sources: SSEShow['sources'] = false): Members {
  if (sources === true) return { type, id, text, metadata };
  const shown = Object.entries(metadata as Members).filter(
    ([key]) => sources !== false && sources.includes(key),
  );
  return { type, id, text: '', metadata: Object.fromEntries(shown) };
}

/** What may be shown of an error: never a cause, and a message only where it is asked for. */
export function showError(thrown: unknown, { errors }: SSEShow): SSEError {
  const ours = isMortiseError(thrown);
  const { name } = Object(thrown) as { name?: unknown };
  const code = ours
    ? thrown.code
    : name === 'AbortError'
      ? 'aborted'
      : name === 'TimeoutError'
        ? 'timeout'
        : 'internal';
  const message = ours && errors === true ? thrown.message : `The stream failed: ${code}.`;
  return { code, message, retryable: ours && thrown.retryable };
}
