import { isMortiseError } from '@mortise/core';
import type { ChatMessage, ContentBlock, LLMMetadata } from '@mortise/core/llm';
import {
  budgetedExamples,
  chatPrompt,
  fixedExamples,
  placeholder,
  prompt,
  promptFile,
  selectPrompt,
  similarExamples,
  type PromptTemplate,
} from '@mortise/toolkit/prompts';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { describe, expect, expectTypeOf, it } from 'vitest';

const thrown = (run: () => unknown): any => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail('it did not throw');
};

describe('prompt', () => {
  it('T-01: takes the default of what is left out, by type as well', () => {
    const ask = prompt('{greeting}, {name}!', { defaults: { greeting: 'Hello' } });
    expect(ask.format({ name: 'Ada' })).toBe('Hello, Ada!');
    expect(ask.format({ name: 'Ada', greeting: 'Hi' })).toBe('Hi, Ada!');
    expect(ask.format({ name: 'Ada', greeting: undefined as never })).toBe('Hello, Ada!');
    expect(ask.variables).toEqual(['greeting', 'name']);
    expect(ask.optional).toEqual(['greeting']);
    expectTypeOf(ask).toEqualTypeOf<PromptTemplate<'greeting' | 'name', 'greeting'>>();
    expect(prompt('{a}', { defaults: { a: 1 } }).format()).toBe('1');
    const mistakes = (): void => {
      // @ts-expect-error name has no default
      ask.format({ greeting: 'Hi' });
      // @ts-expect-error misspelt
      ask.format({ name: 'Ada', greting: 'Hi' });
      // @ts-expect-error already filled in
      ask.partial({ name: 'Ada' }).format({ name: 'Bob' });
    };
    expectTypeOf(mistakes).toBeFunction();
    // @ts-expect-error no such variable
    expect(thrown(() => prompt('{a}', { defaults: { b: 1 } }))).toMatchObject({ code: 'configuration' });
    expect(ask.partial({ name: 'Ada' }).format()).toBe('Hello, Ada!');
  });

  it('T-01: a list is one item a line', () => {
    expect(prompt('Rules:\n{rules}').format({ rules: ['a', 1, '{b}'] })).toBe('Rules:\na\n1\n{b}');
    expect(prompt('[{rules}]').format({ rules: [] })).toBe('[]');
  });

  it('T-01: a function is called once a text, with the values, also when it was given before', () => {
    let calls = 0;
    const count = (values: Readonly<Record<string, unknown>>): string => `${++calls}:${String(values['a'])}`;
    expect(prompt('{n} {n} {a}').format({ n: count, a: 'x' })).toBe('1:x 1:x x');
    const later = prompt('{n} {a}').partial({ n: count });
    expect(calls).toBe(1);
    expect(later.variables).toEqual(['a']);
    expect(later.format({ a: 'y' })).toBe('2:y y');
    expect(later.format({ a: 'z' })).toBe('3:z z');
    expect(later.template).toBe('{n} {a}');
    const wrong = thrown(() => prompt('{n}').format({ n: (() => ({})) as never }));
    expect(isMortiseError(wrong, 'validation')).toBe(true);
  });

  it('T-01: a template inside brings its own variables', () => {
    const rules = prompt('Write in {language}, for {reader}.');
    const ask = prompt('{rules}\n{question}').partial({ rules });
    expect(ask.variables).toEqual(['language', 'reader', 'question']);
    expect(ask.format({ language: 'French', reader: 'a child', question: '{q}' })).toBe(
      'Write in French, for a child.\n{q}',
    );
    expectTypeOf(ask).toEqualTypeOf<PromptTemplate<'question' | 'language' | 'reader'>>();
    // @ts-expect-error language and reader are missing
    expect(thrown(() => ask.format({ question: 'q' })).message).toContain('{language}, {reader}');
    const plain = rules.partial({ language: 'French', reader: 'all' });
    expect(prompt('<{rules}>').format({ rules: plain })).toBe('<Write in French, for all.>');
    // @ts-expect-error no such variable
    expect(thrown(() => prompt('{a}').partial({ b: 'x' }).format({})).code).toBe('validation');
  });
});

describe('chatPrompt', () => {
  const image: ContentBlock = { type: 'image', source: { url: 'https://example.com/a.png' } };
  const history: ChatMessage[] = [
    { role: 'user', content: 'Hi {name}' },
    { role: 'assistant', content: 'Hello.' },
  ];
  const ask = chatPrompt(
    [
      { role: 'system', content: 'You answer in {language}.' },
      placeholder('history'),
      { role: 'user', content: [{ type: 'text', text: '{question}' }, placeholder('images')] },
    ],
    { defaults: { language: 'English' } },
  );

  it('T-01: has places for a history and for images', () => {
    expect(ask.format({ question: 'What?', history, images: image })).toEqual([
      { role: 'system', content: 'You answer in English.' },
      ...history,
      { role: 'user', content: [{ type: 'text', text: 'What?' }, image] },
    ]);
    const none = ask.format({ question: 'What?', history: [], images: [], language: 'French' });
    expect(none).toHaveLength(2);
    expect(none[1]?.content).toEqual([{ type: 'text', text: 'What?' }]);
    expect(none[0]?.content).toBe('You answer in French.');
    expect(ask.variables).toEqual(['language', 'question']);
  });

  it('T-01: what a place lacks is a type error, and validation', () => {
    // @ts-expect-error images are missing
    expect(thrown(() => ask.format({ question: 'q', history })).message).toContain('images');
    const mistakes = (): void => {
      // @ts-expect-error a history is messages
      ask.format({ question: 'q', history: [image], images: [] });
      // @ts-expect-error question is missing
      ask.format({ history, images: [] });
      // @ts-expect-error one too many
      ask.format({ question: 'q', history, images: [], more: 1 });
    };
    expectTypeOf(mistakes).toBeFunction();
    expect(chatPrompt([placeholder('history')]).format({ history })).toEqual(history);
    // @ts-expect-error no such variable
    const unknown = thrown(() => chatPrompt([{ role: 'user', content: '{a}' }], { defaults: { b: 1 } }));
    expect(unknown).toMatchObject({ code: 'configuration' });
  });

  it('T-01: partial keeps places, and functions until they are needed', () => {
    let calls = 0;
    const half = ask.partial({ question: () => `q${++calls}` });
    expect(calls).toBe(0);
    expect(half.variables).toEqual(['language']);
    const messages = half.format({ history: [], images: [] });
    expect(messages[1]?.content).toEqual([{ type: 'text', text: 'q1' }]);
  });
});

describe('examples', () => {
  const examples = [
    'the cat sat on the mat',
    'stocks fell sharply today',
    'a cat and a dog',
    'rain is likely',
  ].map((question, at) => ({ question, answer: String(at) }));
  const text = (example: { question: string; answer: string }): string => example.question;

  it('fixed: all of them, as they were given', async () => {
    const given = [...examples];
    const selector = fixedExamples(given);
    given.pop();
    expect(await selector.select('anything')).toEqual(examples);
  });

  it('similar: those most like the query, embedded once', async () => {
    const embedding = new HashEmbedding();
    let batches = 0;
    const counting = {
      embedQuery: embedding.embedQuery.bind(embedding),
      embedTexts: (...args: Parameters<typeof embedding.embedTexts>) => {
        batches++;
        return embedding.embedTexts(...args);
      },
    };
    const selector = similarExamples(examples, { embedding: counting, text, count: 2 });
    const found = await selector.select('the cat sat on the mat');
    expect(found[0]).toBe(examples[0]);
    expect(found).toHaveLength(2);
    await selector.select('rain is likely');
    expect(batches).toBe(1);
    expect(await similarExamples([], { embedding, text }).select('x')).toEqual([]);
    const signal = AbortSignal.abort('enough');
    await expect(similarExamples(examples, { embedding, text }).select('x', { signal })).rejects.toBe(
      'enough',
    );
  });

  it('budgeted: whatever still fits, in the order of the other selector', async () => {
    const tokenizer = { name: 'words', count: (words: string) => words.split(' ').length };
    const selector = budgetedExamples(fixedExamples(examples), { maxTokens: 10, tokenizer, text });
    expect((await selector.select('x')).map(({ answer }) => answer)).toEqual(['0', '1']);
    const small = budgetedExamples(fixedExamples(examples), { maxTokens: 5, tokenizer, text });
    expect((await small.select('x')).map(({ answer }) => answer)).toEqual(['1']);
    const none = budgetedExamples(fixedExamples(examples), {
      maxTokens: 0,
      tokenizer: estimateTokenizer,
      text,
    });
    expect(await none.select('x')).toEqual([]);
  });

  it('go into a prompt as text or as turns', async () => {
    const shot = prompt('Q: {question}\nA: {answer}');
    const all = prompt('{examples}\nQ: {question}\nA:').format({
      examples: (await fixedExamples(examples.slice(0, 2)).select('')).map((example) => shot.format(example)),
      question: 'q',
    });
    expect(all).toBe('Q: the cat sat on the mat\nA: 0\nQ: stocks fell sharply today\nA: 1\nQ: q\nA:');
  });
});

describe('selectPrompt', () => {
  it('goes by what the model can do', () => {
    const chat = prompt('Answer: {q}');
    const cases = [
      {
        when: ({ contextWindow = 0 }: LLMMetadata) => contextWindow > 100_000,
        prompt: prompt('Think at length. {q}'),
      },
      { when: ({ isChatModel }: LLMMetadata) => isChatModel, prompt: chat },
    ];
    const other = prompt('Q: {q}\nA:');
    const of = (metadata: object) => new ScriptedLLM({ replies: [], metadata });
    expect(selectPrompt(of({ isChatModel: true }), cases, other)).toBe(chat);
    expect(selectPrompt(of({ isChatModel: false }), cases, other)).toBe(other);
    expect(selectPrompt(of({ contextWindow: 200_000 }), cases, other).template).toContain('at length');
  });
});

describe('promptFile', () => {
  it('reads a text with its front matter', () => {
    const file = promptFile(
      '---\r\nname: greet # no comment\r\nversion: 2\r\ndraft: false\r\ntags:\r\n  - a\r\n  - "1"\r\ndefaults:\r\n  tone: \'kind\'\r\n---\r\n\r\nGreet {name} in a {tone} tone.\r\n\r\n---\r\nEnd.',
    );
    expect(file.data).toEqual({
      name: 'greet # no comment',
      version: 2,
      draft: false,
      tags: ['a', '1'],
      defaults: { tone: 'kind' },
    });
    if (file.kind !== 'text') return expect.fail();
    expect(file.prompt.format({ name: 'Ada' })).toBe('Greet Ada in a kind tone.\n\n---\nEnd.');
    expect(thrown(() => file.prompt.format({})).message).toContain('{name}');
  });

  it('reads a chat by its headings', () => {
    const file = promptFile('# System\nYou speak {language}.\n\n# User\n## Task\n{question}\n# Assistant\n');
    if (file.kind !== 'chat') return expect.fail();
    expect(file.prompt.format({ language: 'French', question: 'Why?' })).toEqual([
      { role: 'system', content: 'You speak French.' },
      { role: 'user', content: '## Task\nWhy?' },
      { role: 'assistant', content: '' },
    ]);
    const styled = promptFile('---\ndefaults:\n  a: 1\n---\n# user\n{a}{b}');
    if (styled.kind !== 'chat') return expect.fail();
    expect(styled.prompt.format({ b: 2 })).toEqual([{ role: 'user', content: '12' }]);
  });

  it.each([
    ['no front matter', 'Say {a}.', {}, 'text'],
    ['another heading first', '# Title\n# User\n{a}', {}, 'text'],
    ['a rule that is not closed', '---\nname: x\n', {}, 'text'],
    ['an empty one', '---\n---\nx', {}, 'text'],
  ])('takes %s for what it is', (_, text, data, kind) => {
    expect(promptFile(text)).toMatchObject({ data, kind });
  });

  it.each([
    '---\n- a\n---\nx',
    '---\nname\n---\nx',
    '---\n  a: 1\n---\nx',
    '---\ndefaults: 1\n---\nx',
    '---\ndefaults:\n  b: 1\n---\n{a}',
  ])('refuses front matter that it cannot read: %j', (text) => {
    expect(thrown(() => promptFile(text))).toMatchObject({ code: 'configuration' });
  });

  it('takes __proto__ for a name, and linear time', () => {
    expect(Object.keys(promptFile('---\n__proto__: 1\n---\nx').data)).toEqual(['__proto__']);
    const before = process.cpuUsage();
    promptFile(`---\n${'a: 1\n'.repeat(20_000)}x`);
    promptFile('# User\n'.repeat(20_000));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});
