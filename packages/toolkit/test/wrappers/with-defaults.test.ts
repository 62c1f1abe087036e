import { MemoryKeyValueStore } from '@mortise/core/store';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  MortiseError,
  type ChatInput,
  type ChatOptions,
  type LLM,
  type LLMMetadata,
  type ProviderOptions,
} from '@mortise/core';
import {
  createBudget,
  jsonSchema,
  runTools,
  structured,
  structuredStream,
  tool,
  withBudget,
  withCache,
  withDefaults,
  withFallback,
} from '@mortise/toolkit';
import { describe, expect, expectTypeOf, it } from 'vitest';

/** Keeps the options of its calls as they came. */
class Asked extends ScriptedLLM {
  readonly options: (ChatOptions | undefined)[] = [];
  override chat(input: ChatInput, options?: ChatOptions) {
    this.options.push(options);
    return super.chat(input, options);
  }
  override streamChat(input: ChatInput, options?: ChatOptions) {
    this.options.push(options);
    return super.streamChat(input, options);
  }
  override complete(prompt: string, options?: ChatOptions) {
    this.options.push(options);
    return super.complete(prompt, options);
  }
  override streamComplete(prompt: string, options?: ChatOptions) {
    this.options.push(options);
    return super.streamComplete(prompt, options);
  }
}
const llm = (metadata: Partial<LLMMetadata> = {}) =>
  new Asked({
    replies: () => '{"a": 1}',
    retry: false,
    model: 'm',
    metadata,
    usage: { inputTokens: 1, outputTokens: 1 },
  });
const f = tool({ name: 'f', description: 'x', parameters: { type: 'object' }, execute: () => 'ok' });

const ways: [string, (llm: LLM, options?: ChatOptions) => Promise<unknown>][] = [
  ['chat', (model, options) => model.chat('hi', options)],
  ['streamChat', (model, options) => model.streamChat('hi', options).final()],
  ['complete', (model, options) => model.complete('hi', options)],
  ['streamComplete', (model, options) => model.streamComplete('hi', options).final()],
];

describe('withDefaults', () => {
  it.each(ways)('%s: gives what the call does not give', async (_way, ask) => {
    const inner = llm();
    const model = withDefaults(inner, { temperature: 0.2, maxOutputTokens: 100, stop: ['a', 'b'] });
    await ask(model);
    await ask(model, { temperature: 0.9, stop: ['c'], seed: 1 });
    await ask(model, { temperature: undefined });
    expect(inner.requests).toMatchObject([
      { temperature: 0.2, maxOutputTokens: 100, stop: ['a', 'b'] },
      { temperature: 0.9, maxOutputTokens: 100, stop: ['c'], seed: 1 },
      { temperature: 0.2, maxOutputTokens: 100 },
    ]);
  });

  it('merges the options of each provider; undefined and null there remove one', async () => {
    const inner = llm();
    const model = withDefaults(inner, {
      providerOptions: { openai: { store: false, user: 'u' }, other: { x: 1 }, third: { y: 1 } },
    });
    const own = { openai: { store: undefined, tier: 'flex' }, other: undefined, third: { y: null } };
    await model.chat('hi', { providerOptions: own });
    await model.chat('hi', { providerOptions: undefined });
    const [first, second] = inner.options.map((options) => options?.providerOptions);
    expect(first).toStrictEqual({
      openai: { store: undefined, user: 'u', tier: 'flex' },
      other: undefined,
      third: { y: null },
    });
    expect(second).toEqual({ openai: { store: false, user: 'u' }, other: { x: 1 }, third: { y: 1 } });
  });

  it('replaces every other option as a whole', async () => {
    const inner = llm();
    const model = withDefaults(inner, { reasoning: { effort: 'high', summary: 'auto' } });
    await model.chat('hi', { reasoning: { budgetTokens: 100 } });
    expect(inner.requests[0]?.reasoning).toEqual({ budgetTokens: 100 });
  });

  it('C-05: changes neither the defaults nor the options, and is not changed with them', async () => {
    const inner = llm();
    const defaults = { temperature: 0.1, providerOptions: { p: { a: 1 } } };
    const model = withDefaults(inner, defaults);
    const options = Object.freeze({ providerOptions: Object.freeze({ p: Object.freeze({ b: 2 }) }) });
    await model.chat('hi', options);
    expect(defaults).toEqual({ temperature: 0.1, providerOptions: { p: { a: 1 } } });
    defaults.temperature = 1;
    defaults.providerOptions.p.a = 7;
    await model.chat('hi', options);
    expect(inner.options[1]).toEqual({ temperature: 0.1, providerOptions: { p: { a: 1, b: 2 } } });
  });

  it('leaves tools out of completions, which take none', async () => {
    const inner = llm();
    const model = withDefaults(inner, { tools: [f], toolChoice: 'auto', temperature: 0 });
    await model.complete('hi');
    await withCache(model, new MemoryKeyValueStore()).streamComplete('hi').final();
    await model.chat('hi');
    expect(inner.options.map((options) => [options?.tools?.length, options?.temperature])).toEqual([
      [undefined, 0],
      [undefined, 0],
      [1, 0],
    ]);
  });

  it('carries every other member through, and the time bounds of the call', async () => {
    class Extra extends Asked {
      readonly #secret = 42;
      answer() {
        return this.#secret;
      }
    }
    const inner = new Extra({ replies: () => new Promise<string>(() => undefined), model: 'm' });
    const model = withDefaults(inner, { deadlineMs: 20 });
    expect([model.provider, model.model, model.metadata, model.answer()]).toEqual([
      'scripted',
      'm',
      inner.metadata,
      42,
    ]);
    await expect(model.chat('hi')).rejects.toMatchObject({ code: 'timeout' });
  });

  it('C-01: ends with the signal of the call', async () => {
    const controller = new AbortController();
    const inner = new Asked({ replies: () => (controller.abort('stop'), 'late') });
    const model = withDefaults(inner, { temperature: 0 });
    await expect(model.chat('hi', { signal: controller.signal })).rejects.toBe('stop');
  });

  it('over defaults: the outer ones win', async () => {
    const inner = llm();
    const model = withDefaults(withDefaults(inner, { temperature: 0, seed: 1 }), { temperature: 1 });
    await model.chat('hi');
    expect(inner.requests[0]).toMatchObject({ temperature: 1, seed: 1 });
  });

  it.each([
    [null],
    ['x'],
    [{ signal: new AbortController().signal }],
    [{ parent: 'p' }],
    [{ providerOptions: 'x' }],
  ])('refuses %o', (defaults) => {
    expect(() => withDefaults(llm(), defaults as never)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it('takes the options that the model takes', () => {
    interface Own extends ProviderOptions {
      own?: { level: number };
    }
    expectTypeOf(withDefaults<LLM<Own>>)
      .parameter(1)
      .toHaveProperty('providerOptions')
      .toEqualTypeOf<Own | undefined>();
    expectTypeOf(withDefaults<LLM>)
      .parameter(1)
      .not.toHaveProperty('signal');
  });
});

describe('wrappers around defaults', () => {
  it('a cache has them in its key', async () => {
    const inner = llm();
    const store = new MemoryKeyValueStore();
    const at = (temperature: number) => withCache(withDefaults(inner, { temperature }), store);
    await at(0).chat('hi');
    await at(1).chat('hi');
    await at(1).chat('hi', { temperature: 0 });
    await withCache(inner, store).chat('hi', { temperature: 1 });
    expect(inner.requests).toHaveLength(2);
  });

  it('a budget reserves their maxOutputTokens', async () => {
    const budget = createBudget({ maxTokens: 100 });
    const model = withBudget(withDefaults(llm(), { maxOutputTokens: 50 }), budget);
    await model.chat('hi');
    const large = withBudget(withDefaults(llm(), { maxOutputTokens: 500 }), budget);
    await expect(large.chat('hi')).rejects.toMatchObject({ code: 'budget' });
  });

  it('a fallback gives each model its own, through other wrappers too', async () => {
    const main = new Asked({ replies: () => new MortiseError('server', 'x'), retry: false, model: 'a' });
    const spare = llm();
    const chain = withFallback(withDefaults(main, { temperature: 0 }), [withDefaults(spare, { seed: 7 })]);
    await withCache(chain, new MemoryKeyValueStore()).chat('hi');
    expect(main.requests[0]).toMatchObject({ temperature: 0 });
    expect(spare.requests[0]).toMatchObject({ seed: 7 });
    expect(spare.requests[0]).not.toHaveProperty('temperature');
    const all = withDefaults(chain, { topP: 0.5 });
    await all.streamChat('hi').final();
    expect(main.requests[1]).toMatchObject({ temperature: 0, topP: 0.5 });
    expect(spare.requests[1]).toMatchObject({ seed: 7, topP: 0.5 });
  });

  it('runTools and structured ask with them, and structured chooses its mode by them', async () => {
    const capabilities = { tools: true, toolChoiceWithReasoning: false, structuredOutput: 'tool' } as const;
    const schema = jsonSchema({ type: 'object', properties: { a: { type: 'number' } }, required: ['a'] });
    const inner = llm({ capabilities });
    const thinking = withDefaults(inner, { reasoning: { effort: 'high' }, seed: 3 });
    // A model that thinks cannot be forced to call a tool.
    expect((await structured(thinking, schema, 'q')).mode).toBe('prompt');
    await structuredStream(withCache(thinking, new MemoryKeyValueStore()), schema, 'q').final();
    await runTools(thinking, 'q', { tools: [f] });
    expect(inner.requests).toHaveLength(3);
    for (const request of inner.requests)
      expect(request).toMatchObject({ seed: 3, reasoning: { effort: 'high' } });
  });
});
