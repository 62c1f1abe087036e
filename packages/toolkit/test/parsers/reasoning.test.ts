import { IncrementalJson } from '@mortise/toolkit/json';
import { ListParser } from '@mortise/toolkit/parsers';
import { describe, expect, it } from 'vitest';

function read(text: string, length: number, options = {}): IncrementalJson {
  const json = new IncrementalJson(options);
  for (let at = 0; at < text.length; at += length) json.push(text.slice(at, at + length));
  json.end();
  return json;
}

describe('where the reply begins', () => {
  it.each([
    ['reasoning', '<think>{"a":1}</think>[2]', [2]],
    ['white space before it', ' \n<Thinking>{"a":1}</THINKING>\n[2]', [2]],
    ['a tag that is none of reasoning', '<thinker>[2]</thinker>', [2]],
    ['a tag that is cut by prose', '<thin ice: [2]', [2]],
    ['the tag in a string', '["<think>", "</think>"]', ['<think>', '</think>']],
    ['a closing tag alone', 'Hm {"a":1} </think> [2]', [2]],
    ['a closing tag behind broken JSON', '{"a": 1, oops </think> [2]', [2]],
    ['a closing tag with nothing behind it: the draft', '[2] </think> That is it.', [2]],
    ['two blocks of reasoning', '<think>[0]</think> So: [1] <think>no</think> [2]', [2]],
    ['a block of another language', '```sh\ncurl -d \'{"a":1}\'\n```\n[2]', [2]],
    ['such a block alone', 'Run:\n```python\nx = 1\nprint([2])\n```\n', [2]],
    ['such a block that is cut', '```js\n[2]', [2]],
    [
      'a block of another language whose brackets do not match',
      '```c\nint main() { if (a[0] {\n```\n[2]',
      [2],
    ],
    ['a number in a fence behind prose', 'The sum:\n```\n2\n```\n', 2],
  ])('P-04: passes over %s', (_, text, expected) => {
    for (const length of [1, 2, 3, 7, text.length]) expect(read(text, length).value).toStrictEqual(expected);
  });

  it('P-03: reasoning without an end is no reply, and says where', () => {
    for (const length of [1, 5, 100]) {
      const json = read(' <think>[1]', length);
      expect(json.value).toBeUndefined();
      expect(json.failure).toEqual({ position: 11, path: [], expected: '</think>', reason: 'cut' });
    }
  });

  it('P-03: positions count the reasoning', () => {
    const text = '<think>hm</think> {"a": oops}';
    for (const length of [1, 5, 100])
      expect(read(text, length).failure).toMatchObject({ position: text.indexOf('oops') });
    const list = '<think>hm</think>a, "b';
    return expect(new ListParser().parse(list)).rejects.toMatchObject({
      message: `The quote at character ${list.indexOf('"')} of the list is never closed.`,
      text: list,
    });
  });

  it('items in brackets are no list of JSON', async () => {
    const parser = new ListParser();
    expect(await parser.parse('[1] one, [2] two')).toEqual(['[1] one', '[2] two']);
    expect(await parser.parse('[a](b), c')).toEqual(['[a](b)', 'c']);
    expect(await parser.parse('[1] one, [2]')).toEqual(['[1] one', '[2]']);
    expect(await parser.parse('[1, "two", true]')).toEqual(['1', 'two', 'true']);
  });
});
