import type { Warning } from './contract.ts';

/** Usage without what counts nothing, a negative number or a fraction, and what is to be said of it. */
export function counted<U extends object>(
  usage: U,
  fields: readonly (keyof U & string)[],
): [usage: U, warnings: readonly Warning[]] {
  const odd = fields.filter((field) => usage[field] != null && !isCount(usage[field]));
  if (odd.length === 0) return [usage, []];
  const rest = { ...usage };
  for (const field of odd) delete rest[field];
  const said = odd.map((field) => `${field} ${String(usage[field])}`).join(', ');
  const message = `Usage that counts no tokens was left out: ${said}.`;
  return [rest, [{ type: 'other', setting: 'usage', message }]];
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
