import { isObject } from '../shared/json.ts';

type Members = Readonly<Record<string, unknown>>;

/** Which members of a body are not simply replaced. */
export interface OptionMerging {
  /** Objects that are laid over ours, one level deep; `true`: all of them. Default: none. */
  readonly merged?: readonly string[] | true | undefined;
  /** Lists that are added to ours. Default: none. */
  readonly added?: readonly string[] | undefined;
}

/**
 * C-07: the caller's own members (`providerOptions`) over a request's body. A member replaces ours, unless it is merged or
 * added to; `undefined` or `null` takes ours out: every default can be removed.
 */
export function withOptions(
  body: Members,
  options: Members | undefined,
  { merged = [], added = [] }: OptionMerging = {},
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...body };
  for (const [name, value] of Object.entries(options ?? {})) {
    const known = result[name];
    const isMerged = merged === true || merged.includes(name);
    if (value === undefined || value === null) delete result[name];
    else if (isMerged && isObject(known) && isObject(value)) result[name] = { ...known, ...value };
    else if (added.includes(name) && Array.isArray(known) && Array.isArray(value))
      result[name] = [...new Set<unknown>([...(known as unknown[]), ...(value as unknown[])])];
    else result[name] = value;
  }
  return result;
}
