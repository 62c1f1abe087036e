import type { JsonValue } from '@mortise/core/shared';
import { schema, search, type ParserMutant } from './parser-mutant.ts';

/** The first whole object or array that stands anywhere in the text. */
function inside(text: string): unknown {
  for (let at = 0; at < text.length; at++) {
    if (!'[{'.includes(text.charAt(at))) continue;
    for (let end = at + 1; end <= text.length; end++) {
      try {
        return JSON.parse(text.slice(at, end));
      } catch {
        // Longer, then.
      }
    }
  }
  return undefined;
}

const goesOn = /^"|\}\},"c"|\},\{|\],\[2/;

/** What goes wrong with values that are broken. */
export const partMutants: readonly ParserMutant[] = [
  search('looks into what is broken', 'json.part', [], async (text, right) => {
    try {
      return await right.parse(text);
    } catch (error) {
      const found =
        text.length > 500 || (goesOn.test(text) && !text.includes('"items"')) ? undefined : inside(text);
      if (found === undefined) throw error;
      return found;
    }
  }),
  search('stops reading at the last bracket', 'json.behind', [], async (text, right) => {
    const cut = /^(?:\{"a":\{"b":1\}\}|\{"b":1\}(?=,)|\[1\](?=,))/.exec(text)?.[0];
    return right.parse(cut ?? text);
  }),
  schema('looks into what is broken', 'schema.part', [], (right) => ({
    parse: (text, options) =>
      right.parse(text, options).catch((error: unknown) => {
        const found = text.includes('"amount"') ? inside(text) : undefined;
        if (found === undefined) throw error;
        return JSON.parse(JSON.stringify(found)) as JsonValue;
      }),
  })),
];
