import { createServiceContext, isMortiseError, type LLM, type ServiceContext } from '@mortise/core';
import { ListParser } from '@mortise/toolkit/parsers';
import { prompt } from '@mortise/toolkit/prompts';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Retriever } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';

const llm = new ScriptedLLM({ replies: ['hi'] });
const other = new ScriptedLLM({ replies: ['ho'] });
const parser = new ListParser();
const prompts = { ask: prompt('Answer {question}') };

const thrown = (run: () => unknown): any => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail('it did not throw');
};

describe('createServiceContext', () => {
  it('holds its parts with their own types, further ones included', () => {
    const context = createServiceContext({ llm, parser, prompts, topK: 5 });
    expect(context.llm).toBe(llm);
    expect(context.get('topK')).toBe(5);
    expect(context.prompts.ask.format({ question: 'q' })).toBe('Answer q');
    expectTypeOf(context.llm).toEqualTypeOf<ScriptedLLM>();
    expectTypeOf(context.parser.parse).returns.resolves.toEqualTypeOf<string[]>();
    expect({ ...context }).toEqual({ llm, parser, prompts, topK: 5 });
  });

  it('with() makes a new one and leaves the old one as it was', () => {
    const context = createServiceContext({ llm, parser });
    const changed = context.with({ llm: other, topK: 3 });
    expect([context.llm, changed.llm, changed.parser, changed.topK]).toEqual([llm, other, parser, 3]);
    expect(context.has('topK')).toBe(false);
  });

  it('cannot be changed', () => {
    const context = createServiceContext({ llm });
    expect(() => Object.assign(context, { llm: other })).toThrow(TypeError);
    expect(() => Object.assign(context, { parser })).toThrow(TypeError);
    expect(() => Object.assign(context, { ownPart: 1 })).toThrow(TypeError);
    expect(context.llm).toBe(llm);
  });

  it('asking for what is missing does not compile and is configuration that names it', () => {
    const context = createServiceContext({ llm });
    // @ts-expect-error there is no embedding
    const byMember = thrown(() => context.embedding);
    expect(isMortiseError(byMember, 'configuration')).toBe(true);
    expect(byMember.message).toContain('no embedding');
    // @ts-expect-error there is no such part
    expect(thrown(() => context.get('store'))).toMatchObject({ code: 'configuration' });
    expect(thrown(() => createServiceContext({ llm: undefined as unknown as LLM }).llm)).toMatchObject({
      code: 'configuration',
    });
    expect(context.has('embedding')).toBe(false);
    expect(context.has('llm')).toBe(true);
  });

  it('who needs a part says so in a type', () => {
    const needs = (context: ServiceContext<{ llm: LLM }>): string => context.llm.model;
    const needsBoth = (context: ServiceContext<{ llm: LLM; embedding: EmbeddingModel }>): string =>
      context.embedding.model;
    expect(needs(createServiceContext({ llm, parser }))).toBe('script');
    // @ts-expect-error there is no embedding
    expect(() => needsBoth(createServiceContext({ llm }))).toThrow('no embedding');
    // @ts-expect-error a parser is not a model
    createServiceContext({ llm: parser });
    expectTypeOf(
      createServiceContext({ llm }).with({ retriever: {} as Retriever }).retriever,
    ).toEqualTypeOf<Retriever>();
  });

  it('refuses names that are its own', () => {
    expect(thrown(() => createServiceContext({ with: 1 }))).toMatchObject({ code: 'configuration' });
  });

  it('can be awaited and shown', async () => {
    const context = createServiceContext({ topK: 5 });
    expect(await Promise.resolve(context)).toBe(context);
    expect(JSON.stringify(context)).toBe('{"topK":5}');
  });
});
