import { REPEATED, slowReadings } from '@mortise/conformance';
import * as yaml from '@mortise/yaml';
import { YamlParser } from '@mortise/yaml';
import { describe, expect, it } from 'vitest';

/**
 * `pnpm test:thorough` asks for many cases, also in places that the library alone reads, and `pnpm test:linear` for longer
 * texts.
 */
const many = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000;
const length = process.env['MORTISE_LINEAR'] === undefined ? 4000 : 16_000;
const parser = new YamlParser();
const read = (text: string): Promise<unknown> => parser.parse(text);

const IN_YAML = [
  ['in a fence', '```yaml\n'],
  ['in a value', 'a: '],
  ['in quotes', 'a: "'],
  ['in a list', '- '],
  ['in a flow list', '['],
  ['in a block', 'a: |\n  '],
];

describe('YamlParser', () => {
  it.each([
    ['alone', ''],
    ['behind a fence', '```'],
  ])(
    'C-13: takes time in proportion to the text: %s',
    async (_, head) => {
      expect(await slowReadings(read, { length, heads: [head], repeated: REPEATED })).toEqual([]);
    },
    600_000,
  );

  // The library alone reads there, at a tenth of our parsers' speed: what ends the text is tried in two ways, not four.
  it.runIf(many).each(IN_YAML)(
    'C-13: takes time in proportion to the text: %s',
    async (_, head) => {
      expect(
        await slowReadings(read, { length, heads: [head], repeated: REPEATED, tails: ['', '!'] }),
      ).toEqual([]);
    },
    600_000,
  );

  it('C-13: takes time in proportion to the keys of a map', async () => {
    const repeated = [(at: number) => `key${at}: 1\n`, (at: number) => `- {key${at}: 1}\n`];
    expect(await slowReadings(read, { length, repeated, tails: [''] })).toEqual([]);
  }, 600_000);

  it('is all that the package exports', () => {
    expect(Object.keys(yaml)).toEqual(['YamlParser']);
  });
});
