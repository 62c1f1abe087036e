/**
 * A template with some of its text replaced. Throws for a text that the template does not hold: it was changed, and what
 * is written would lack what the options ask for.
 */
export function replaced(
  text: string,
  changes: readonly (readonly [anchor: string | RegExp, replacement: string])[],
): string {
  return changes.reduce((before, [anchor, replacement]) => {
    const holds = typeof anchor === 'string' ? before.includes(anchor) : before.search(anchor) >= 0;
    if (!holds) throw new Error(`A template does not hold ${String(anchor)}, which create-mortise replaces.`);
    // By a function, since a name may hold `$`.
    return before.replace(anchor, () => replacement);
  }, text);
}
