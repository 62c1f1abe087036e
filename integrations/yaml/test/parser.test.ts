import { YamlParser } from '@mortise/yaml';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    (value) => expect.fail(`it did not reject but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

const parser = new YamlParser();

describe('YamlParser', () => {
  it.each([
    ['a whole reply', 'a: 1\nb: [x, y]\n', { a: 1, b: ['x', 'y'] }],
    ['a fence in prose', 'Sure:\n```yaml\na: |\n  one\n  two\n```\nDone: yes', { a: 'one\ntwo\n' }],
    ['the fence that is YAML', '```\nno\n```\n```js\nx: 1\n```\n~~~YML\na: 2\n~~~', { a: 2 }],
    ['a fence without a language', 'x: y\n```\na: 3\n```', { a: 3 }],
    ['a fence that is not closed', '```yaml\na: 4\n', { a: 4 }],
    [
      'words that YAML 1.1 turned into others',
      'a: no\nb: 12:30\nc: 2026-11-22',
      { a: 'no', b: '12:30', c: '2026-11-22' },
    ],
    ['what stands behind a greeting', 'Here you go:\nname: x\nn: 1', { name: 'x', n: 1 }],
    ['a list behind a greeting', "Sure! Here's the list:\n\n- x\n- y\n", ['x', 'y']],
    ['a key that begins like a greeting', 'Here and there:\n  name: x', { 'Here and there': { name: 'x' } }],
    ['a key of several words', 'First name:\nlast: x', { 'First name': null, last: 'x' }],
    ['aliases', 'a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
  ])('P-04: reads %s', async (_, text, expected) => {
    expect(await parser.parse(text)).toEqual(expected);
  });

  it('P-04: takes __proto__ for a name', async () => {
    const value = (await parser.parse('__proto__:\n  polluted: true\na: 1')) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
  });

  it.each([
    ['what is no YAML', 'a: [1', 5],
    ['a key twice', 'a: 1\na: 2', 5],
    ['a tag that is not known', 'a: !date x', 3],
    ['two documents', 'a: 1\n---\nb: 2', 5],
    ['nothing', '', 0],
    ['what JSON cannot hold', 'a:\n  - b: .nan', 10],
    ['an alias to nothing', 'a: *b', 0],
  ])('P-03: refuses %s, and says where', async (_, text, position) => {
    const error = await rejection(parser.parse(`Hm:\n\`\`\`yaml\n${text}\n\`\`\``));
    expect(error).toMatchObject({ code: 'parse', path: [], expected: 'one YAML document' });
    expect(Math.abs(error.position - 12 - position)).toBeLessThanOrEqual(1);
  });

  it.each([-1, 1.5, Number.NaN])('C-13: refuses %s for the number of aliases', (maxAliasCount) => {
    expect(() => new YamlParser({ maxAliasCount })).toThrow(/^maxAliasCount is .*; it takes/);
  });

  it('P-03: bounds what aliases grow to', async () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
    for (let at = 1; at < 9; at++)
      lines.push(
        `a${at}: &a${at} [${Array(9)
          .fill(`*a${at - 1}`)
          .join(',')}]`,
      );
    expect(await rejection(parser.parse(lines.join('\n')))).toMatchObject({ code: 'parse' });
    expect(await rejection(new YamlParser({ maxAliasCount: 0 }).parse('a: &x {b: 1}\nc: *x'))).toMatchObject({
      code: 'parse',
    });
  });

  it('P-05: shows a schema and validates by it', async () => {
    const typed = new YamlParser({
      schema: z.object({ at: z.string().transform(Number), note: z.string().optional() }),
    });
    const value = await typed.parse('at: "5"\nnote: null');
    expectTypeOf(value).toEqualTypeOf<{ at: number; note?: string | undefined }>();
    expect(value).toEqual({ at: 5 });
    expect(typed.format('When?')).toContain('"at":{"type":"string"}');
    const text = 'at: 5';
    expect(await rejection(typed.parse(text))).toMatchObject({
      code: 'validation',
      text,
      path: ['at'],
      message: expect.stringContaining('YAML'),
    });
  });

  it.each([
    ['a value', 'rows:\n  - at: "1"\n  - at: two\n', ['rows', 1, 'at'], 'two'],
    ['what lacks a member', 'rows:\n  - at: "1"\n  - {to: 2}\n', ['rows', 1, 'at'], '{to: 2}'],
    ['what stands for it, behind an alias', 'x: &x {at: no}\nrows:\n  - *x\n', ['rows', 0, 'at'], '*x'],
    ['the whole', 'x: 1\n', ['rows'], 'x: 1'],
  ])('P-03: a misfit says where %s stands in the reply', async (_, yaml, path, there) => {
    const schema = z.object({ rows: z.array(z.object({ at: z.string().regex(/^\d+$/) })) });
    const text = `Äh:\n\`\`\`yaml\n${yaml}\`\`\``;
    const error = await rejection(new YamlParser({ schema }).parse(text));
    expect(error).toMatchObject({ code: 'validation', path });
    expect(text.slice(error.position, error.position + there.length)).toBe(there);
  });
});
