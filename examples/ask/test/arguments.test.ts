import { describe, expect, test } from 'vitest';
import { parseArguments } from '../arguments.ts';

describe('what is given', () => {
  test('nothing: local models, answers in words', () => {
    expect(parseArguments([])).toEqual({
      llm: { provider: 'extractive' },
      embedding: { provider: 'local' },
      verbose: false,
      inspect: false,
      json: false,
      help: false,
    });
  });

  test('everything, in either form', () => {
    const spaced = ['--docs', 'guides', '--question', 'Why?', '--llm', 'openai:gpt-5-mini', '--json'];
    const joined = ['--docs=guides', '--question=Why?', '--llm=openai:gpt-5-mini', '--json'];
    expect(parseArguments(spaced)).toEqual(parseArguments(joined));
    expect(parseArguments(spaced)).toMatchObject({
      docs: 'guides',
      question: 'Why?',
      llm: { provider: 'openai', model: 'gpt-5-mini' },
      json: true,
    });
  });

  test('the `--` that pnpm hands down is dropped', () => {
    expect(parseArguments(['--', '--question', 'Why?'])).toMatchObject({ question: 'Why?' });
  });

  test('a model whose name holds a colon', () => {
    expect(parseArguments(['--llm', 'openai:ft:gpt:me'])).toMatchObject({ llm: { model: 'ft:gpt:me' } });
  });

  test('a value that begins with dashes, after `=`', () => {
    expect(parseArguments(['--question=--json?'])).toMatchObject({ question: '--json?' });
  });
});

describe('one line for what cannot be understood', () => {
  test.for([
    [['--doc', 'x'], 'there is no option --doc. See --help for those there are.'],
    [['-x'], 'there is no option -x. See --help for those there are.'],
    [['why'], '"why" stands alone. Put the question in quotes, after --question.'],
    [['--question', 'Why', 'so'], '"so" stands alone. Put the question in quotes, after --question.'],
    [['--json', '--', '--docs'], '"--" may only stand before the options. Leave it out.'],
    [['--docs'], '--docs needs a value. See --help.'],
    [['--docs', '--question', 'Why?'], '--docs needs a value. See --help.'],
    [['--question', ' '], '--question needs a value. See --help.'],
    [['--json=yes'], '--json takes no value. Write --json alone.'],
    [['--docs', 'a', '--docs', 'b'], '--docs is given twice. Give it once.'],
    [
      ['--llm', 'gpt-5'],
      '--llm does not know "gpt-5". It takes extractive, openai:MODEL, anthropic:MODEL, bedrock:MODEL, cohere:MODEL, google:MODEL, mistral:MODEL.',
    ],
    [['--llm', 'openai'], '--llm openai names no model. Write --llm openai:MODEL.'],
    [
      ['--embedding', 'anthropic:x'],
      '--embedding does not know "anthropic". It takes local, openai:MODEL, bedrock:MODEL, cohere:MODEL, google:MODEL, mistral:MODEL, voyage:MODEL.',
    ],
    [
      ['--llm', 'openai:x', '--base-url', 'localhost:80'],
      '--base-url "localhost:80" is not an address. It begins with http:// or https://.',
    ],
    [
      ['--llm', 'google:x', '--preset', 'groq'],
      '--preset is for openai:MODEL, and none is named. Add --llm or --embedding.',
    ],
    [
      ['--base-url', 'http://localhost'],
      '--base-url is for a provider, and none is named. Add --llm or --embedding.',
    ],
    [
      ['--llm', 'openai:x', '--embedding', 'cohere:y', '--base-url', 'http://localhost'],
      "--base-url cannot be both openai's and cohere's. Use one provider, or leave it out.",
    ],
  ] as [string[], string][])('%j', ([args, message]) => {
    expect(() => parseArguments(args)).toThrow(expect.objectContaining({ message }));
  });
});
