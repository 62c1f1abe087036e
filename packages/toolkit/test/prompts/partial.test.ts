import {
  chatPrompt,
  fixedExamples,
  prompt,
  promptFile,
  similarExamples,
  type PromptTemplate,
} from '@mortise/toolkit/prompts';
import { HashEmbedding } from '@mortise/core/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';

describe('partial', () => {
  const rules = prompt('Write in {language}, for {reader}.', { defaults: { reader: 'all' } });

  it('T-01: fills in the variables that a template inside has brought', () => {
    const ask = prompt('{rules}\n{question}').partial({ rules });
    const french = ask.partial({ language: 'French' });
    expect(french.variables).toEqual(['reader', 'question']);
    expect(french.format({ reader: 'a child', question: 'Why?' })).toBe(
      'Write in French, for a child.\nWhy?',
    );
    expect(ask.partial({ language: () => 'Dutch' }).format({ question: 'Why?' })).toContain(
      'in Dutch, for all.',
    );
    const deep = ask.partial({ language: prompt('{tongue} of {place}') });
    expect(deep.variables).toEqual(['tongue', 'place', 'reader', 'question']);
    expect(deep.partial({ place: 'Bern' }).format({ tongue: 'German', question: '?' })).toBe(
      'Write in German of Bern, for all.\n?',
    );
  });

  it('T-01: what may be left out of a template inside may be left out', () => {
    const ask = prompt('{rules}\n{question}').partial({ rules });
    expect(ask.optional).toEqual(['reader']);
    expectTypeOf(ask).toEqualTypeOf<PromptTemplate<'question' | 'language' | 'reader', 'reader'>>();
    expect(ask.format({ language: 'French', question: 'Why?' })).toBe('Write in French, for all.\nWhy?');
    const both = prompt('{reader}: {rules}').partial({ rules });
    expect(both.optional).toEqual([]);
    // @ts-expect-error the outer text has no default for the reader
    expect(() => both.format({ language: 'French' })).toThrow('{reader}');
  });

  it('T-01: a template may stand for a variable of its own name', () => {
    const quoted = prompt('<{a}>').partial({ a: prompt('[{a}]') });
    expect(quoted.variables).toEqual(['a']);
    expect(quoted.format({ a: 'x' })).toBe('<[x]>');
    expect(quoted.partial({ a: 'y' }).format()).toBe('<[y]>');
  });

  it('T-01: takes undefined for nothing, as format does', () => {
    const half = prompt('{a}{b}').partial({ a: undefined as never, b: 'x' });
    expect((half as unknown as PromptTemplate<'a'>).format({ a: 'y' })).toBe('yx');
  });

  it('T-01: a chat prompt takes templates, and calls a function once for all its messages', () => {
    const ask = chatPrompt([
      { role: 'system', content: '{rules} It is {now}.' },
      { role: 'user', content: [{ type: 'text', text: '{now}: {question}' }] },
    ]);
    let calls = 0;
    const open = ask.partial({ rules, now: () => ++calls });
    expect(open.variables).toEqual(['language', 'reader', 'question']);
    const messages = open.partial({ language: 'French' }).format({ question: 'Why?' });
    expect(messages).toEqual([
      { role: 'system', content: 'Write in French, for all. It is 1.' },
      { role: 'user', content: [{ type: 'text', text: '1: Why?' }] },
    ]);
    const mistakes = (): void => {
      // @ts-expect-error no such variable
      ask.partial({ rule: rules });
      // @ts-expect-error language is missing
      open.format({ question: 'Why?' });
    };
    expectTypeOf(mistakes).toBeFunction();
  });
});

describe('examples', () => {
  it('C-02: an aborted signal selects nothing', async () => {
    const signal = AbortSignal.abort('enough');
    const similar = similarExamples<string>([], {
      embedding: new HashEmbedding(),
      text: (example) => example,
    });
    for (const selector of [fixedExamples(['a']), similar])
      await expect(selector.select('x', { signal })).rejects.toBe('enough');
  });
});

describe('promptFile', () => {
  it.each(['[a, b]', '{a: 1}', '|', '>-', '&anchor x', '*anchor', '!tag x'])(
    'refuses what YAML reads otherwise: %s',
    (value) => {
      expect(() => promptFile(`---\nname: ${value}\n---\nx`)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
      expect(promptFile(`---\nname: "${value}"\n---\nx`).data).toEqual({ name: value });
    },
  );
});
