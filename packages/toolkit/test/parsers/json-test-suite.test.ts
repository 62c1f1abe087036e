import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IncrementalJson } from '@mortise/toolkit/json';
import { describe, expect, it } from 'vitest';

/** The folder `test_parsing` of https://github.com/nst/JSONTestSuite, which is not ours to copy. */
const folder = process.env['JSON_TEST_SUITE'];
const reason = folder === undefined ? ' (JSON_TEST_SUITE does not name its folder test_parsing)' : '';

/** What is no JSON and is read all the same: a value and what stands behind it, as replies have it. */
const WITH_PROSE = new Set([
  'n_array_comma_after_close.json',
  'n_object_trailing_comment.json',
  'n_object_trailing_comment_open.json',
  'n_object_trailing_comment_slash_open.json',
  'n_object_trailing_comment_slash_open_incomplete.json',
  'n_object_with_trailing_garbage.json',
  'n_structure_array_trailing_garbage.json',
  'n_structure_double_array.json',
  'n_structure_incomplete_UTF8_BOM.json',
  'n_structure_object_followed_by_closing_object.json',
  'n_structure_object_with_trailing_garbage.json',
  'n_structure_trailing_#.json',
]);

function read(name: string): { text: string; value: unknown } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(join(folder ?? '', name)));
  const json = new IncrementalJson();
  json.push(text);
  json.end();
  return { text, value: json.value };
}

describe.skipIf(folder === undefined)(`JSONTestSuite${reason}`, () => {
  const names = folder === undefined ? [] : readdirSync(folder);

  it('P-04: what every parser must take is read as JSON.parse reads it', () => {
    const must = names.filter((name) => name.startsWith('y_'));
    expect(must.length).toBeGreaterThan(90);
    for (const name of must) {
      const { text, value } = read(name);
      expect(value, name).toStrictEqual(JSON.parse(text));
    }
  });

  it('P-04: what no parser may take is refused, but for a value with something behind it', () => {
    const taken = names.filter((name) => name.startsWith('n_') && read(name).value !== undefined);
    expect(taken.filter((name) => !WITH_PROSE.has(name))).toEqual([]);
  });
});
