import {
  CodeBlocksParser,
  CombinedParser,
  JsonParser,
  ListParser,
  MarkdownTableParser,
  NumberParser,
  SchemaParser,
  SelectionParser,
  XmlParser,
} from '@mortise/toolkit/parsers';
import { jsonSchema } from '@mortise/toolkit/schema';
import type { OutputParser } from '@mortise/core/parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const LENGTH = 1_000_000;
const fill = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length));
const json = `[${fill('{"id": 1, "name": "Element"}, ')}{}]`;

const subjects: [name: string, parser: OutputParser<any, any>, text: string][] = [
  ['JsonParser', new JsonParser(), json],
  ['JsonParser, tolerant', new JsonParser({ tolerant: true }), json],
  ['SchemaParser', new SchemaParser(jsonSchema({ type: 'array' })), json],
  ['SelectionParser', new SelectionParser(['a']), `${fill('word {x} ')}\n[{"choice": 1}]`],
  ['ListParser', new ListParser(), fill('some item, ')],
  ['CodeBlocksParser', new CodeBlocksParser(), `\`\`\`js\n${fill('f();\n')}\`\`\``],
  ['MarkdownTableParser', new MarkdownTableParser(), `|a|b|\n|-|-|\n${fill('| some | cell |\n')}`],
  ['XmlParser', new XmlParser(), `<a>${fill('<b c="d">text</b>')}</a>`],
  ['NumberParser', new NumberParser(), `${fill('word ')}42`],
  ['CombinedParser', new CombinedParser({ a: new JsonParser() }), `<a>${json}</a>`],
];

/** Turns of the event loop until a promise is settled. */
async function turnsOf(promise: Promise<unknown>): Promise<number> {
  let turns = 0;
  let settled = false;
  const turn = (): void => {
    turns++;
    if (!settled) setImmediate(turn);
  };
  setImmediate(turn);
  await promise.then(() => undefined).finally(() => (settled = true));
  return turns;
}

describe('a long reply', () => {
  // Every look at the clock finds it 2 ms later, so that a quick machine has turns too: one for every four looks.
  beforeEach(() => {
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 2));
  });
  afterEach(() => void vi.restoreAllMocks());

  it.each(subjects)('C-13: does not hold the event loop: %s', async (_, parser, text) => {
    expect(await turnsOf(parser.parse(text))).toBeGreaterThanOrEqual(4);
  });

  it.each(subjects)('C-01: is left when the signal says so: %s', async (_, parser, text) => {
    const controller = new AbortController();
    const reason = new Error('Enough.');
    setImmediate(() => controller.abort(reason));
    await expect(parser.parse(text, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('is read as a short one is, without a turn', async () => {
    expect(await new JsonParser().parse(json)).toHaveLength(JSON.parse(json).length);
    expect(new JsonParser().doParse('{"a":1}')).toEqual({ a: 1 });
  });
});
