import { isMortiseError } from '@mortise/core';
import type { ChatMessage } from '@mortise/core/llm';
import { chatPrompt, prompt, type PromptTemplate, type VariablesOf } from '@mortise/toolkit/prompts';
import fc from 'fast-check';
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
  it('T-01: fills in the variables', () => {
    const ask = prompt('Answer {question} from {context}. Again: {question}');
    expect(ask.format({ question: 'q', context: 'c' })).toBe('Answer q from c. Again: q');
    expect(ask.variables).toEqual(['question', 'context']);
    expect(prompt('{a_1}{B}').format({ a_1: 1, B: true })).toBe('1true');
  });

  it.each([
    ['{{a}', '{a}'],
    ['{{{{', '{{'],
    ['{"a": {"b": 1}}', '{"a": {"b": 1}}'],
    ['{ a } {a b} {1a} {} {a-b} {é}', '{ a } {a b} {1a} {} {a-b} {é}'],
    ['open { and } close', 'open { and } close'],
    ['{not\n}', '{not\n}'],
  ])('T-01: {{ is a brace and any other { is text: %s', (template, expected) => {
    const plain = prompt(template) as unknown as PromptTemplate<never>;
    expect(plain.variables).toEqual([]);
    expect(plain.format()).toBe(expected);
  });

  it('T-01: a doubled brace does not hide the variable behind it', () => {
    expect(prompt('{{{a}}').format({ a: 'x' })).toBe('{x}');
  });

  it('T-01: a missing variable is validation and is named', () => {
    const ask = prompt('{a} {b} {toString}');
    // @ts-expect-error b and toString are missing
    const error = thrown(() => ask.format({ a: 'x' }));
    expect(isMortiseError(error, 'validation')).toBe(true);
    expect(error.message).toContain('{b}, {toString}');
    expect(thrown(() => ask.format({ a: 'x', b: undefined as never, toString: 'y' })).message).toContain(
      '{b}',
    );
    expect(thrown(() => ask.format({ a: 'x', b: {} as never, toString: 'y' })).message).toContain(
      '{b} is object',
    );
  });

  it('T-01: a value is text, whatever it holds', () => {
    const value = fc.string({ unit: fc.constantFrom('{', '}', 'a', 'b', '$&', '$1', ' ') });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(prompt('<{a}|{b}|{a}>').format({ a, b })).toBe(`<${a}|${b}|${a}>`);
        expect(prompt('<{a}|{b}>').partial({ a }).format({ b })).toBe(`<${a}|${b}>`);
      }),
    );
  });

  it('partial fills in some; its template parses to itself', () => {
    const half = prompt('{{x} {a} {b}').partial({ a: '{b}' });
    expect(half.variables).toEqual(['b']);
    expect(half.format({ b: 'y' })).toBe('{x} {b} y');
    expect(half.template).toBe('{{x} {{b} {b}');
    expect(prompt(half.template).format({ b: 'y' })).toBe('{x} {b} y');
    expect(Object.isFrozen(half)).toBe(true);
  });

  it('parses in linear time', () => {
    const template = '{'.repeat(200_000) + '{a'.repeat(50_000);
    expect(prompt(template).variables).toEqual([]);
  });

  it('T-01: the compiler knows the variables', () => {
    expectTypeOf<VariablesOf<'Answer {question} from {context}'>>().toEqualTypeOf<'question' | 'context'>();
    expectTypeOf<VariablesOf<'{{a} {"b": {c}} {1d} {e f} {_g9}'>>().toEqualTypeOf<'c' | '_g9'>();
    expectTypeOf<VariablesOf<'none'>>().toEqualTypeOf<never>();
    expectTypeOf<VariablesOf<string>>().toEqualTypeOf<string>();
    const ask = prompt('Answer {question} from {context}');
    const mistakes = (): void => {
      // @ts-expect-error context is missing
      ask.format({ question: 'q' });
      // @ts-expect-error nothing is given
      ask.format();
      // @ts-expect-error misspelt
      ask.format({ question: 'q', contxt: 'c' });
      // @ts-expect-error one too many
      ask.format({ question: 'q', context: 'c', more: 'm' });
      // @ts-expect-error not a value
      ask.format({ question: 'q', context: {} });
      // @ts-expect-error there are no variables
      prompt('none').format({ a: 'x' });
      // @ts-expect-error no such variable
      ask.partial({ questoin: 'q' });
      // @ts-expect-error already filled in
      ask.partial({ question: 'q' }).format({ question: 'q', context: 'c' });
    };
    expectTypeOf(mistakes).toBeFunction();
    expect(prompt('none').format()).toBe('none');
    expectTypeOf(ask.partial({ question: 'q' })).toEqualTypeOf<PromptTemplate<'context'>>();
    expectTypeOf(ask).toExtend<PromptTemplate>();
  });
});

describe('chatPrompt', () => {
  const image = { type: 'image', source: { url: 'https://example.com/{a}.png' } } as const;
  const ask = chatPrompt([
    { role: 'system', content: 'You answer in {language}.' },
    { role: 'user', content: [{ type: 'text', text: 'Look: {question}' }, image] },
  ]);

  it('T-01: gives messages', () => {
    const messages = ask.format({ language: 'French', question: '{why}' });
    expectTypeOf(messages).toEqualTypeOf<ChatMessage[]>();
    expect(messages).toEqual([
      { role: 'system', content: 'You answer in French.' },
      { role: 'user', content: [{ type: 'text', text: 'Look: {why}' }, image] },
    ]);
    expect(ask.format({ language: 'French', question: 'q' })).not.toBe(messages);
    expect(ask.variables).toEqual(['language', 'question']);
  });

  it('T-01: a missing variable is a type error, and validation that names all of them', () => {
    // @ts-expect-error both are missing
    expect(thrown(() => ask.format({}))).toMatchObject({ code: 'validation' });
    expect(thrown(() => (ask.format as unknown as () => void)()).message).toContain('{language}, {question}');
    const mistakes = (): void => {
      // @ts-expect-error one too many
      ask.format({ language: 'a', question: 'b', more: 'c' });
    };
    expectTypeOf(mistakes).toBeFunction();
    expect(chatPrompt([{ role: 'user', content: 'Hi.' }]).format()).toEqual([
      { role: 'user', content: 'Hi.' },
    ]);
  });

  it('partial fills in some', () => {
    const french = ask.partial({ language: 'French' });
    expect(french.format({ question: 'q' })).toEqual(ask.format({ language: 'French', question: 'q' }));
  });

  it('keeps what was given when the caller changes it later', () => {
    const message = { role: 'user' as 'user' | 'system', content: '{a}', name: 'x' };
    const template = chatPrompt([message]);
    message.role = 'system';
    expect(template.format({ a: '1' })).toEqual([{ role: 'user', content: '1', name: 'x' }]);
  });

  it('refuses an empty list', () => {
    expect(thrown(() => chatPrompt([]))).toMatchObject({ code: 'configuration' });
  });
});
