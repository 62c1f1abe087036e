import { MortiseError } from '@mortise/core';
import { messageText } from '@mortise/core/llm';
import { BaseOutputParser, type OutputParser } from '@mortise/core/parser';
import {
  BooleanParser,
  CodeBlocksParser,
  CombinedParser,
  DateParser,
  EnumParser,
  fromLangChainParser,
  JsonParser,
  ListParser,
  MarkdownSectionsParser,
  MarkdownTableParser,
  NumberParser,
  RegexParser,
  SchemaParser,
  SelectionParser,
  toLangChainParser,
  withRepair,
  XmlParser,
  xmlText,
} from '@mortise/toolkit/parsers';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

async function* chunks(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    (value) => expect.fail(`it did not reject but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

describe('every parser', () => {
  it.each([
    ['CodeBlocksParser', new CodeBlocksParser(), '```js\nx\n```\n'],
    ['CodeBlocksParser, openings', new CodeBlocksParser(), '```a `'],
    ['MarkdownSectionsParser', new MarkdownSectionsParser(), '# a\n'],
    ['MarkdownSectionsParser, marks', new MarkdownSectionsParser(), '# # '],
    ['MarkdownTableParser', new MarkdownTableParser(), '| a | b |\n|---|---|\n'],
    ['XmlParser, comments', new XmlParser(), '<!-- <a b="'],
    ['XmlParser, openings', new XmlParser({ maxDepth: 1e9 }), '<a '],
    ['XmlParser, elements', new XmlParser({ maxDepth: 1e9 }), '<a x="1"> '],
    ['XmlParser, quotes', new XmlParser(), '<a b="c" d=\''],
    ['CombinedParser', new CombinedParser({ a: new ListParser(), b: new ListParser() }), '<a>< '],
    ['ListParser, quotes', new ListParser(), 'x"'],
    ['NumberParser', new NumberParser(), '1,'],
    ['NumberParser, words', new NumberParser(), '.x'],
    ['DateParser', new DateParser(), '2026-11-22T'],
    ['BooleanParser', new BooleanParser(), 'x: '],
    ['EnumParser', new EnumParser(['a', 'b']), '. '],
  ])('P-02: takes linear time: %s', async (_, parser: OutputParser<any, any>, unit) => {
    const cpu = async (text: string): Promise<number> => {
      const before = process.cpuUsage();
      await all(parser.stream!(chunks(text.match(/[^]{1,50}/g)!))).catch(() => undefined);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    const text = unit.repeat(200_000 / unit.length);
    await cpu(text.slice(0, 20_000));
    // Quadratic work on 200 KB is some ten seconds; linear work is a tenth of one.
    expect(await cpu(text)).toBeLessThan(2000);
  });
});

describe('EnumParser and BooleanParser', () => {
  const mood = new EnumParser(['Positive', 'Negative', 'Not sure']);

  it.each([
    ['Positive', 'Positive'],
    ['negative.', 'Negative'],
    ['**Not sure**', 'Not sure'],
    ['Positive, as the author is glad.', 'Positive'],
    ['Let me think.\nIt is negative in tone.\nAnswer: Negative', 'Negative'],
    ['```\nPositive\n```', 'Positive'],
    ['"positive"', 'Positive'],
  ])('P-04: reads %j', async (text, expected) => {
    expect(await mood.parse(text)).toBe(expected);
  });

  it.each([
    '',
    'It is not positive',
    'Positive or negative?',
    'Positive, I think.\nAnswer: Negative',
    'positively',
    'Positive vibes only',
  ])('P-04: is not fooled by %j', async (text) => {
    expect(await rejection(mood.parse(text))).toMatchObject({
      code: 'parse',
      expected: expect.stringContaining('Not sure'),
    });
  });

  it('tells values apart that differ in case alone', async () => {
    expect(await new EnumParser(['a', 'A']).parse('A')).toBe('A');
    expectTypeOf(mood.parse).returns.resolves.toEqualTypeOf<'Positive' | 'Negative' | 'Not sure'>();
    expect(() => new EnumParser([])).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('reads booleans, in the words it is given', async () => {
    expect(await new BooleanParser().parse('Yes, there is no doubt.')).toBe(true);
    expect(await new BooleanParser().parse('false')).toBe(false);
    expect(await rejection(new BooleanParser().parse('It is not true.'))).toMatchObject({ code: 'parse' });
    expect(await rejection(new BooleanParser().parse('No.\nAnswer: yes'))).toMatchObject({ code: 'parse' });
    const german = new BooleanParser({ yes: ['ja'], no: ['nein'] });
    expect(await german.parse('Nein!')).toBe(false);
    expect(german.instructions()).toContain('ja or nein');
  });
});

describe('NumberParser', () => {
  it.each([
    ['42', 42],
    ['The answer is **-1.5e3**.', -1500],
    ['1,234,567.8', 1234567.8],
    ['It costs $3.50, tax included: 3.50', 3.5],
    ['12%', 12],
    ['−4', -4],
    ['.5', 0.5],
    ['x = 7;', 7],
  ])('P-04: reads %j', async (text, expected) => {
    expect(await new NumberParser().parse(text)).toBe(expected);
  });

  it.each([
    'none',
    'between 3 and 5',
    '1,5',
    '1.234,5',
    '2026-11-22',
    'v1.2.3',
    '3D',
    'GPT4 says 7',
    '12,34',
    '1e',
  ])('P-04: does not guess at %j', async (text) => {
    expect(await rejection(new NumberParser().parse(text))).toMatchObject({ code: 'parse' });
  });

  it('P-03: checks range and wholeness', async () => {
    const parser = new NumberParser({ min: 1, max: 5, integer: true });
    expect(await parser.parse('5')).toBe(5);
    for (const text of ['0', '6', '2.5', '1e999'])
      expect(await rejection(parser.parse(text))).toMatchObject({
        code: 'validation',
        expected: 'one whole number, at least 1, at most 5',
        position: 0,
      });
    expect(parser.instructions()).toContain('at least 1');
  });
});

describe('DateParser', () => {
  it.each([
    ['It was on 2024-02-29.', '2024-02-29T00:00:00.000Z'],
    ['2026-11-22T14:30', '2026-11-22T14:30:00.000Z'],
    ['2026-11-22 14:30:05.25+01:00', '2026-11-22T13:30:05.250Z'],
    ['2026-11-22T00:10:00-0230', '2026-11-22T02:40:00.000Z'],
    ['0026-01-01', '0026-01-01T00:00:00.000Z'],
  ])('reads %j, the same on every machine', async (text, expected) => {
    expect((await new DateParser().parse(text)).toISOString()).toBe(expected);
  });

  it.each([
    ['2024-02-30', 'validation'],
    ['2023-13-01', 'validation'],
    ['2024-01-01T24:00', 'validation'],
    ['2024-01-01T10:00+25:00', 'validation'],
    ['11/22/2026', 'parse'],
    ['from 2024-01-01 to 2024-01-02', 'parse'],
    ['12024-01-011', 'parse'],
  ])('P-03: refuses %j', async (text, code) => {
    expect(await rejection(new DateParser().parse(text))).toMatchObject({ code });
  });
});

describe('SelectionParser', () => {
  const parser = new SelectionParser(['red', 'green', 'blue'], { max: 2 });

  it.each([
    [
      '[{"choice": 1, "reason": "warm"}, {"choice": 3}]',
      [
        { index: 0, choice: 'red', reason: 'warm' },
        { index: 2, choice: 'blue' },
      ],
    ],
    ['2', [{ index: 1, choice: 'green' }]],
    [
      '[3, "(1)"]',
      [
        { index: 2, choice: 'blue' },
        { index: 0, choice: 'red' },
      ],
    ],
    ['I choose: {"choice": 2}', [{ index: 1, choice: 'green' }]],
  ])('counts from one: %j', async (text, expected) => {
    expect(await parser.parse(text)).toEqual(expected);
  });

  it.each(['0', '4', '[1, 4]', '[{"choice": 1.5}]', '[1, 1]', '[1, 2, 3]', '{"choice": "red"}', '[null]'])(
    'P-03: a number out of range is validation: %s',
    async (text) => {
      expect(await rejection(parser.parse(text))).toMatchObject({ code: 'validation', text });
    },
  );

  it('shows the choices by number', () => {
    expect(parser.instructions()).toContain('(1) red\n(2) green\n(3) blue');
  });
});

describe('CodeBlocksParser', () => {
  it('reads blocks, in lists and in longer fences, and leaves prose out', async () => {
    const text = 'One:\n```js\na();\n\nb();\n```\n1. two\n   ~~~~\n   ```\n     x\n   ~~~~\nend';
    expect(await new CodeBlocksParser().parse(text)).toEqual([
      { language: 'js', code: 'a();\n\nb();' },
      { language: '', code: '```\n  x' },
    ]);
  });

  it('takes blocks inside a Markdown block for its text', async () => {
    const text = '```markdown\n# Title\n```js\nx\n```\nend\n```';
    expect(await new CodeBlocksParser().parse(text)).toEqual([
      { language: 'markdown', code: '# Title\n```js\nx\n```\nend' },
    ]);
  });

  it('keeps to the languages it is given', async () => {
    const sql = new CodeBlocksParser({ languages: ['sql'] });
    expect(await sql.parse('```js\nx\n```\n```SQL\nselect 1\n```')).toEqual([
      { language: 'sql', code: 'select 1' },
    ]);
    expect(await rejection(sql.parse('```js\nx\n```'))).toMatchObject({ expected: 'a code block of sql' });
  });

  it('P-03: a block that is cut is an error, not a shorter block', async () => {
    expect(await rejection(new CodeBlocksParser().parse('```js\nlet a'))).toMatchObject({
      code: 'parse',
      position: 11,
      expected: '```',
    });
  });

  it('shows a block when it is whole', async () => {
    const seen = await all(new CodeBlocksParser().stream(chunks(['```js\na', '\n``', '`\n', '~~~\nb\n~~~'])));
    expect(seen.map((blocks) => blocks.map(({ code }) => code))).toEqual([['a'], ['a', 'b']]);
  });
});

describe('Markdown', () => {
  it('reads sections, with the text before and without headings in code', async () => {
    const text = 'Intro\n# One #\ntext\n\n```sh\n# no heading\n```\n### C# and F#\n#hashtag\n##\n';
    expect(await new MarkdownSectionsParser().parse(text)).toEqual([
      { level: 0, title: '', text: 'Intro' },
      { level: 1, title: 'One', text: 'text\n\n```sh\n# no heading\n```' },
      { level: 3, title: 'C# and F#', text: '#hashtag' },
      { level: 2, title: '', text: '' },
    ]);
  });

  it('P-03: names the section that is missing', async () => {
    const parser = new MarkdownSectionsParser({ required: ['Summary', 'Risks'] });
    expect(await parser.parse('# summary\n# RISKS')).toHaveLength(2);
    expect(await rejection(parser.parse('# Summary'))).toMatchObject({ code: 'validation', path: ['Risks'] });
    expect(parser.instructions()).toContain('## Risks');
  });

  it('reads the first table', async () => {
    const text =
      'Here | there\n\n| Name | `a \\| b` |\n|:--|--:|\n| x | y \\| z |\n| __proto__ |\n\n| no | table |';
    expect(await new MarkdownTableParser().parse(text)).toEqual([
      { Name: 'x', '`a | b`': 'y | z' },
      { Name: '__proto__', '`a | b`': '' },
    ]);
    const proto = await new MarkdownTableParser().parse('__proto__ | b\n--- | ---\n1 | 2');
    expect(Object.keys(proto[0]!)).toEqual(['__proto__', 'b']);
  });

  it.each([
    ['no table', 'a | b', 'parse'],
    ['a row that is too long', '| a |\n|---|\n| 1 | 2 |', 'parse'],
    ['a column that is missing', '| b |\n|---|\n| 1 |', 'validation'],
    ['a column twice', '| a | a |\n|---|---|\n', 'validation'],
  ])('P-03: refuses %s', async (_, text, code) => {
    expect(await rejection(new MarkdownTableParser({ columns: ['a'] }).parse(text))).toMatchObject({ code });
  });

  it('tells the model of its columns', () => {
    expect(new MarkdownTableParser({ columns: ['a', 'b'] }).instructions()).toContain(
      '| a | b |\n| --- | --- |',
    );
  });
});

describe('XmlParser', () => {
  it('keeps attributes, mixed content and order', async () => {
    const text = `Sure: <p class="a" id='b&quot;'>Say <b>hi</b>, <br/> & <![CDATA[<x>]]> 1 < 2 &lt;&#33;&#x21;<!-- no --></p> more`;
    const element = await new XmlParser().parse(text);
    expect(element).toEqual({
      name: 'p',
      attributes: { class: 'a', id: 'b"' },
      children: [
        'Say ',
        { name: 'b', attributes: {}, children: ['hi'] },
        ', ',
        { name: 'br', attributes: {}, children: [] },
        ' & <x> 1 < 2 <!!',
      ],
    });
    expect(xmlText(element)).toBe('Say hi,  & <x> 1 < 2 <!!');
  });

  it('P-04: looks for the element it is told of', async () => {
    const parser = new XmlParser({ root: 'answer', tags: ['item'] });
    const text = '<think>maybe <b>this</b> < that</think> <!-- <answer> --> <answer><item n="1"/></answer>';
    expect((await parser.parse(text)).children).toEqual([
      { name: 'item', attributes: { n: '1' }, children: [] },
    ]);
    expect(parser.instructions()).toContain('<answer>');
  });

  it.each([
    ['nothing', 'text', 'an element'],
    ['an element that is not closed', '<a><b></b>', '</a>'],
    ['tags that cross', '<a><b></a></b>', '</b>'],
    ['a comment that is cut', '<a><!-- ', '-->'],
    ['what is too deep', '<a>'.repeat(513), 'at most 512 elements inside one another'],
  ])('P-03: refuses %s', async (_, text, expected) => {
    expect(await rejection(new XmlParser().parse(text))).toMatchObject({ code: 'parse', expected });
  });

  it('takes entities that are not its own, and __proto__, for text and names', async () => {
    expect(await new XmlParser().parse('<!DOCTYPE x [<!ENTITY a "b">]><r __proto__="1">&a;&#0;</r>')).toEqual(
      {
        name: 'r',
        attributes: Object.fromEntries([['__proto__', '1']]),
        children: ['&a;&#0;'],
      },
    );
  });
});

describe('RegexParser', () => {
  it('gives the named groups, the same at every call', async () => {
    const parser = new RegexParser<'score' | 'why'>(/Score: (?<score>\d+)(?: because (?<why>.*))?/gy, {
      instructions: 'Score: 1',
    });
    expect(await parser.parse('I say Score: 7 because so')).toEqual({ score: '7', why: 'so' });
    expect(await parser.parse('Score: 8')).toEqual({ score: '8' });
    expect(parser.format('Rate.')).toBe('Rate.\n\nScore: 1');
    expect(await rejection(parser.parse('none'))).toMatchObject({
      code: 'parse',
      expected: expect.stringContaining('Score'),
    });
    expectTypeOf(parser.parse).returns.resolves.toEqualTypeOf<{ score?: string; why?: string }>();
  });

  it('is configuration without named groups', () => {
    expect(() => new RegexParser(/(a)/)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });
});

describe('CombinedParser', () => {
  const parser = new CombinedParser({ mood: new EnumParser(['good', 'bad']), reasons: new ListParser() });

  it('gives each part to its parser, in any order', async () => {
    const value = await parser.parse('<reasons>sun, wind</reasons> and\n<mood>\ngood\n</mood>');
    expect(value).toEqual({ mood: 'good', reasons: ['sun', 'wind'] });
    expect(Object.keys(value)).toEqual(['mood', 'reasons']);
    expectTypeOf(value).toEqualTypeOf<{ mood: 'good' | 'bad'; reasons: string[] }>();
    expect(parser.instructions()).toContain('<mood>\n[Answer with exactly one of these');
  });

  it('shows a part when it is whole', async () => {
    const text = ['<mood>go', 'od</mo', 'od><reasons>a', '</reasons>'];
    expect(await all(parser.stream(chunks(text)))).toEqual([
      { mood: 'good' },
      { mood: 'good', reasons: ['a'] },
    ]);
  });

  it('P-03: says in which part, and where in the whole', async () => {
    const text = '<mood>good</mood><reasons> a, "b</reasons>';
    const error = await rejection(parser.parse(text));
    expect(error).toMatchObject({
      code: 'parse',
      text,
      path: ['reasons', 1],
      position: text.indexOf('</reasons>'),
    });
    expect(error.message).toContain('<reasons>');
    expect(await rejection(parser.parse('<mood>good'))).toMatchObject({
      path: ['mood'],
      expected: '</mood>',
    });
    expect(() => new CombinedParser({ 'a b': parser })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});

describe('withRepair', () => {
  const schema = new SchemaParser(z.object({ age: z.number() }));

  it('asks the model to mend, and parses again', async () => {
    const llm = new ScriptedLLM({ replies: ['still {"age":"x"}', '{"age":3}'] });
    const parser = withRepair(schema, llm, { maxAttempts: 2 });
    expect(await parser.parse('{"age":"three"}')).toEqual({ age: 3 });
    const asked = llm.requests.map(({ messages }) => messages[0]?.content);
    expect(asked[0]).toContain('<reply>\n{"age":"three"}\n</reply>');
    expect(asked[0]).toContain('(age)');
    expect(asked[0]).toContain('"type":"number"');
    expect(asked[1]).toContain('still {"age":"x"}');
  });

  it('asks nothing when there is nothing to mend, and shows the input where it is given', async () => {
    const llm = new ScriptedLLM({ replies: ['{"age":3}'] });
    const parser = withRepair(schema, llm, { input: 'How old?' });
    expect(await parser.parse('{"age":4}')).toEqual({ age: 4 });
    expect(llm.requests).toHaveLength(0);
    await parser.parse('');
    expect(llm.requests[0]?.messages.map((message) => messageText(message).slice(0, 10))).toEqual([
      'How old?',
      'This reply',
    ]);
    expect(parser.format!('Say.')).toBe(schema.format('Say.'));
  });

  it('P-03: gives up with the last text and the repair tried, never with an unvalidated value', async () => {
    const llm = new ScriptedLLM({ replies: () => '{"age":"x"}' });
    const error = await rejection(withRepair(schema, llm, { maxAttempts: 3 }).parse('none'));
    expect(error).toMatchObject({
      code: 'validation',
      text: '{"age":"x"}',
      repair: 'the model was asked 3 times to mend it',
    });
    expect(llm.requests).toHaveLength(3);
    expect(await rejection(withRepair(schema, llm, { maxAttempts: 0 }).parse('none'))).toMatchObject({
      code: 'parse',
    });
    expect(() => withRepair(schema, llm, { maxAttempts: -1 })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it('P-01: a stream ends with the mended value, after the whole text', async () => {
    const llm = new ScriptedLLM({ replies: ['{"age":3}'] });
    const seen = await all(withRepair(schema, llm).stream!(chunks(['{"age":', '"x"}', ' sorry'])));
    expect(seen[0]).toEqual({});
    expect(seen.at(-1)).toEqual({ age: 3 });
    expect(llm.requests[0]?.messages[0]?.content).toContain('sorry');
  });

  it('passes what the source and the signal throw, and asks nothing then', async () => {
    const llm = new ScriptedLLM({ replies: [] });
    const cut = new MortiseError('stream-truncated', 'cut');
    async function* failing(): AsyncGenerator<string> {
      yield '{';
      throw cut;
    }
    expect(await rejection(all(withRepair(schema, llm).stream!(failing())))).toBe(cut);
    const signal = AbortSignal.abort('enough');
    expect(await rejection(withRepair(schema, llm).parse('none', { signal }))).toBe('enough');
    expect(llm.requests).toHaveLength(0);
  });

  it('repairs a parser that has no stream of its own', async () => {
    const plain: OutputParser<number, number> = { parse: (text) => new NumberParser().parse(text) };
    const parser = withRepair(plain, new ScriptedLLM({ replies: ['7'] }));
    expect(await all(parser.stream!(chunks(['sev', 'en'])))).toEqual([7]);
  });
});

describe('LangChain', () => {
  it('P-03: one of theirs becomes one of ours', async () => {
    const theirs = {
      parse: async (text: string) => {
        if (text === '') throw new TypeError('OUTPUT_PARSING_FAILURE');
        return text.split('|');
      },
      getFormatInstructions: () => 'Use |.',
    };
    const ours = fromLangChainParser(theirs);
    expect(await ours.parse('a|b')).toEqual(['a', 'b']);
    expect(ours.format!('List.')).toBe('List.\n\nUse |.');
    expect(await all(ours.stream!(chunks(['a', '|b'])))).toEqual([['a', 'b']]);
    expect(await rejection(ours.parse(''))).toMatchObject({
      code: 'parse',
      text: '',
      cause: expect.any(TypeError),
    });
    expectTypeOf(ours.parse).returns.resolves.toEqualTypeOf<string[]>();
  });

  it('one of ours becomes a step of theirs', async () => {
    const theirs = toLangChainParser(new JsonParser());
    expect(theirs.lc_runnable).toBe(true);
    expect(await theirs.invoke('{"a":1}')).toEqual({ a: 1 });
    expect(
      await theirs.invoke({
        content: [{ type: 'text', text: '{"a":' }, { type: 'image' }, { type: 'text', text: '2}' }],
      }),
    ).toEqual({ a: 2 });
    expect(await theirs.batch(['[1]', '[2]'])).toEqual([[1], [2]]);
    expect(theirs.getFormatInstructions()).toContain('JSON');
    async function* messages(): AsyncGenerator<{ content: string }> {
      for (const content of ['{"a":"x', 'y"}']) yield { content };
    }
    expect(await all(theirs.transform(messages()))).toEqual([{ a: 'x' }, { a: 'xy' }]);
    expect(await all(await theirs.stream('[1]'))).toEqual([[1]]);
    expect(await rejection(theirs.invoke({ content: 7 }))).toMatchObject({ code: 'parse' });
    expect(await rejection(theirs.invoke('[1]', { signal: AbortSignal.abort('enough') }))).toBe('enough');
  });

  it('there and back, a parser without a stream included', async () => {
    class Upper extends BaseOutputParser<string> {
      doParse(text: string): string {
        return text.toUpperCase();
      }
    }
    const back = fromLangChainParser(toLangChainParser(new Upper()));
    expect(await back.parse('x')).toBe('X');
    const plain: OutputParser<string, string> = { parse: async (text) => text };
    expect(await all(toLangChainParser(plain).transform(chunks(['a', 'b'])))).toEqual(['ab']);
  });
});
