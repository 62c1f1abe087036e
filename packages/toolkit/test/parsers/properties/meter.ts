/*
 * Counts the characters that a parser looks at, in place of timing it: the methods of strings and the patterns tell how
 * many they went over. Nothing else runs while it counts, as parsers and their chunks only await promises that are settled.
 */

type Method = (this: any, ...args: any[]) => any;

/** What one call of a method of String.prototype goes over. */
const COSTS: { [name: string]: (text: string, result: unknown, args: readonly unknown[]) => number } = {
  charCodeAt: () => 1,
  charAt: () => 1,
  codePointAt: () => 1,
  at: () => 1,
  indexOf: (text, found, [, from = 0]) =>
    ((found as number) < 0 ? text.length : (found as number)) - Number(from),
  lastIndexOf: (text, found, [, from = text.length]) =>
    Math.min(Number(from), text.length) - Math.max(0, found as number),
  includes: (text) => text.length,
  startsWith: (_, __, [start]) => String(start).length,
  endsWith: (_, __, [end]) => String(end).length,
  slice: (_, result) => (result as string).length,
  substring: (_, result) => (result as string).length,
  split: (text) => text.length,
  trim: (text) => text.length,
  trimStart: (text, result) => text.length - (result as string).length,
  trimEnd: (text, result) => text.length - (result as string).length,
  toLowerCase: (text) => text.length,
  toUpperCase: (text) => text.length,
  repeat: (_, result) => (result as string).length,
};

/** What a pattern goes over: to the end of its match, or of the text. Where it goes back does not show. */
function execCost(pattern: RegExp, text: string, match: RegExpExecArray | null, from: number): number {
  if (match !== null) return match.index + match[0].length - from;
  return pattern.sticky || pattern.source.startsWith('^') ? 1 : text.length - from;
}

/** Counts what is read while `run` goes on; `stop` puts everything back. */
export interface Meter {
  /** The characters that `run` looks at. What it throws is its own affair. */
  charactersRead(run: () => Promise<unknown>): Promise<number>;
  stop(): void;
}

/** Begun once for many runs: the engine throws away what it has compiled when a method of strings is replaced. */
export function startMeter(): Meter {
  let read = 0;
  const strings = String.prototype as unknown as { [name: string]: Method };
  const patterns = RegExp.prototype as unknown as { exec: Method };
  const originals = Object.keys(COSTS).map((name) => [name, strings[name] as Method] as const);
  const { exec } = patterns;
  for (const [name, original] of originals) {
    const cost = COSTS[name] as (text: string, result: unknown, args: readonly unknown[]) => number;
    strings[name] = function (...args) {
      const result: unknown = original.apply(this, args);
      read += 1 + Math.max(0, cost(String(this), result, args));
      return result;
    };
  }
  patterns.exec = function (this: RegExp, text: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const match = exec.call(this, text) as RegExpExecArray | null;
    read += 1 + Math.max(0, execCost(this, String(text), match, from));
    return match;
  };
  return {
    async charactersRead(run) {
      read = 0;
      await run().catch(() => undefined);
      return read;
    },
    stop() {
      patterns.exec = exec;
      for (const [name, original] of originals) strings[name] = original;
    },
  };
}
