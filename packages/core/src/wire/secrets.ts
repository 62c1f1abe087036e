/** What must not be shown: keys, tokens, whatever a request carried that others must not read. */
export type Secrets = readonly (string | undefined)[] | undefined;

/** `text` with every secret of at least 4 characters replaced. */
export function redact(text: string, secrets: Secrets): string {
  let result = text;
  for (const secret of secrets ?? [])
    if (secret !== undefined && secret.length >= 4) result = result.replaceAll(secret, '[redacted]');
  return result;
}

/** The cause, unless something in it would print a secret: an SDK's error carries the body it got. */
export function withoutSecrets(cause: unknown, secrets: Secrets): unknown {
  const seen = new Set<unknown>();
  const holds = (value: unknown, depth: number): boolean => {
    if (typeof value === 'string') return redact(value, secrets) !== value;
    if (typeof value !== 'object' || value === null || depth > 6 || seen.has(value)) return false;
    seen.add(value);
    if (value instanceof Headers) return [...value.values()].some((text) => holds(text, depth + 1));
    return Reflect.ownKeys(value).some((key) =>
      holds((value as Record<PropertyKey, unknown>)[key], depth + 1),
    );
  };
  return holds(cause, 0) ? undefined : cause;
}
