import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import { MortiseError, subscribe, type MortiseEvent, type Usage } from '@mortise/core';
import {
  costOf,
  createBudget,
  runTools,
  tool,
  withBudget,
  withFallback,
  type BudgetOptions,
  type ModelPrices,
} from '@mortise/toolkit';

const prices: ModelPrices = {
  'gpt-5': { input: 1.25, output: 10, cachedInput: 0.125 },
  'claude-sonnet-4-5': { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 },
  'groq/llama': { input: 0.59, output: 0.79 },
  llama: { input: 1, output: 1 },
  thinker: { input: 1, output: 2, reasoning: 4 },
  'text-embedding-3-small': { input: 0.02, output: 0 },
  free: { input: 0, output: 0 },
};
const cost = (model: string | undefined, usage: Usage, provider?: string) =>
  costOf(
    { usage, ...(model === undefined ? {} : { model }), ...(provider === undefined ? {} : { provider }) },
    prices,
  );

describe('costOf', () => {
  it.each<[string, string, Usage, number]>([
    ['input and output', 'gpt-5', { inputTokens: 1000, outputTokens: 500 }, 0.00625],
    [
      'cached input at its price',
      'gpt-5',
      { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 0 },
      0.0008,
    ],
    [
      'what was read from the cache and written to it',
      'claude-sonnet-4-5',
      { inputTokens: 10_000, cachedInputTokens: 6_000, cacheWriteTokens: 3_000, outputTokens: 100 },
      0.01755,
    ],
    [
      'what was written to the cache as input, where it has no price',
      'gpt-5',
      { inputTokens: 8, cacheWriteTokens: 8, outputTokens: 0 },
      0.00001,
    ],
    ['reasoning at its price', 'thinker', { inputTokens: 0, outputTokens: 100, reasoningTokens: 50 }, 0.0003],
    [
      'reasoning as output, where it has no price',
      'gpt-5',
      { inputTokens: 0, outputTokens: 100, reasoningTokens: 50 },
      0.001,
    ],
    ['no output where that is free: embeddings', 'text-embedding-3-small', { inputTokens: 500_000 }, 0.01],
    ['nothing where all is free, told or not', 'free', {}, 0],
  ])('counts %s', (_name, model, usage, expected) => {
    expect(cost(model, usage)).toBe(expected);
  });

  it.each<[string, string | undefined, Usage]>([
    ['an unknown model', 'gpt-4', { inputTokens: 1, outputTokens: 1 }],
    ['a model that is not named', undefined, { inputTokens: 1, outputTokens: 1 }],
    ['a name of every object', 'constructor', { inputTokens: 1, outputTokens: 1 }],
    ['missing input', 'gpt-5', { outputTokens: 1 }],
    ['missing output', 'gpt-5', { inputTokens: 1 }],
    ['a total alone', 'gpt-5', { totalTokens: 7 }],
    [
      'parts that are more than the whole',
      'gpt-5',
      { inputTokens: 5, cachedInputTokens: 6, outputTokens: 0 },
    ],
    ['a count that is none', 'gpt-5', { inputTokens: Number.NaN, outputTokens: 1 }],
    ['a count below zero', 'gpt-5', { inputTokens: 5, cachedInputTokens: -6, outputTokens: 0 }],
  ])('is undefined, not zero, for %s', (_name, model, usage) => {
    expect(cost(model, usage)).toBeUndefined();
  });

  it.each(['gpt-5-2025-08-07', 'gpt-5-20250807', 'gpt-5@20250807', 'gpt-5@2025-08-07'])(
    'takes %s for a version of gpt-5',
    (model) => expect(cost(model, { inputTokens: 8, outputTokens: 0 })).toBe(0.00001),
  );

  it.each(['gpt-5-mini', 'gpt-5-2025', 'gpt-5-', 'gpt-52025-08-07', 'gpt-5-123456789'])(
    'does not take %s for one',
    (model) => expect(cost(model, { inputTokens: 8, outputTokens: 0 })).toBeUndefined(),
  );

  it('takes the price of a version, or of a provider, before that of the name alone', () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 0 };
    expect([cost('llama', usage, 'groq'), cost('llama', usage, 'other'), cost('llama', usage)]).toEqual([
      0.59, 1, 1,
    ]);
    const both = { a: { input: 1, output: 1 }, 'a-2025-01-01': { input: 2, output: 2 } };
    expect(costOf({ usage, model: 'a-2025-01-01' }, both)).toBe(2);
    expect(costOf({ usage, model: 'a-2025-01-02' }, both)).toBe(1);
  });

  it('takes prices of one model too', () => {
    expect(costOf({ usage: { inputTokens: 1_000_000, outputTokens: 0 } }, { input: 2, output: 3 })).toBe(2);
  });

  it('takes a whole response', async () => {
    const llm = new ScriptedLLM({
      replies: ['ok'],
      model: 'gpt-5',
      usage: { inputTokens: 8, outputTokens: 1 },
    });
    expect(costOf(await llm.chat('hi'), prices)).toBe(0.00002);
  });

  it.each([
    { input: -1, output: 1 },
    { input: 1 },
    { input: Number.NaN, output: 1 },
    { input: '1', output: 1 },
  ])('refuses a price that is none: %o', (wrong) => {
    const response = { model: 'm', usage: { inputTokens: 1, outputTokens: 1 } };
    for (const given of [wrong, { m: wrong }])
      expect(() => costOf(response, given as never)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });

  it('is exact: the number nearest to the true sum', () => {
    const count = fc.integer({ min: 0, max: 10_000_000 });
    const price = fc.integer({ min: 0, max: 1_000_000 });
    const property = fc.property(count, count, count, price, price, price, (fresh, cached, out, a, b, c) => {
      // Prices in ten-thousandths, so that the sum is an integer of 10^-10.
      const exact = BigInt(fresh) * BigInt(a) + BigInt(cached) * BigInt(b) + BigInt(out) * BigInt(c);
      const usage = { inputTokens: fresh + cached, cachedInputTokens: cached, outputTokens: out };
      const given = { input: a / 10_000, cachedInput: b / 10_000, output: c / 10_000 };
      expect(costOf({ usage }, given)).toBe(Number(`${exact}e-10`));
    });
    fc.assert(property);
  });
});

describe('a budget of money by model', () => {
  const usage = { inputTokens: 10, outputTokens: 5 };
  const named = (model: string, replies: () => string | Error = () => 'ok') =>
    new ScriptedLLM({ replies, model, usage, retry: false });
  const table: ModelPrices = { a: { input: 1e6, output: 1e6 }, b: { input: 2e6, output: 2e6 } };

  it('books at the price of the model that answered, streams too', async () => {
    const budget = createBudget({ maxCost: 1000, prices: table });
    const down = () => new MortiseError('overloaded', 'busy');
    const llm = withBudget(withFallback(named('a', down), [named('b')]), budget);
    await llm.chat('hi', { maxOutputTokens: 10 });
    expect(budget.spent).toBe(30);
    await llm.streamChat('hi', { maxOutputTokens: 10 }).final();
    for await (const _ of llm.streamChat('hi', { maxOutputTokens: 10 }));
    await llm.complete('hi', { maxOutputTokens: 10 });
    expect(budget.spent).toBe(120);
  });

  it('refuses a model without a price before anything is sent', async () => {
    const unknown = named('c');
    const failure = withBudget(unknown, { maxCost: 1, prices: table }).chat('hi', { maxOutputTokens: 1 });
    await expect(failure).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('scripted/c'),
    });
    expect(unknown.requests).toHaveLength(0);
  });

  it('books what was reserved where the model that answered has no price, and says so', async () => {
    const budget = createBudget({ maxCost: 1000, prices: table });
    const llm = withBudget(
      withFallback(
        named('a', () => new MortiseError('server', 'x')),
        [named('c')],
      ),
      budget,
      {
        estimateTokens: () => 7,
      },
    );
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void (event.name === 'warning' && events.push(event)));
    await llm.chat('hi', { maxOutputTokens: 20 });
    stop();
    expect(budget.spent).toBe(27);
    expect(events.map(({ attributes }) => attributes)).toMatchObject([{ model: 'c', setting: 'prices' }]);
  });

  it('adds up exactly: ten tenths are one', async () => {
    const budget = createBudget({ maxCost: 1, prices: { input: 10_000, output: 0 } });
    const llm = withBudget(named('a'), budget, { estimateTokens: () => 10 });
    for (let at = 0; at < 10; at++) await llm.chat('hi', { maxOutputTokens: 1 });
    expect([budget.spent, budget.remaining]).toEqual([1, 0]);
    await expect(llm.chat('hi', { maxOutputTokens: 1 })).rejects.toMatchObject({ code: 'budget' });
  });
});

describe('several bounds at once', () => {
  const usage = { inputTokens: 10, outputTokens: 5 };
  const llm = () => new ScriptedLLM({ replies: () => 'ok', usage, model: 'm' });
  const estimateTokens = () => 10;

  it('holds tokens and money, and books both', async () => {
    const tokens = createBudget({ maxTokens: 40 });
    const money = createBudget({ maxCost: 1000, prices: { m: { input: 1e6, output: 2e6 } } });
    const bounded = withBudget(llm(), [tokens, money], { estimateTokens });
    await bounded.chat('hi', { maxOutputTokens: 10 });
    await bounded.chat('hi', { maxOutputTokens: 10 });
    expect([tokens.spent, money.spent]).toEqual([30, 40]);
    // The tokens are refused: of the money nothing is held either.
    await expect(bounded.chat('hi', { maxOutputTokens: 10 })).rejects.toMatchObject({ code: 'budget' });
    const other = withBudget(llm(), [money, tokens], { estimateTokens });
    await expect(other.chat('hi', { maxOutputTokens: 10 })).rejects.toMatchObject({ code: 'budget' });
    expect([money.spent, money.reserved, tokens.reserved]).toEqual([40, 0, 0]);
  });

  it.each<[string, BudgetOptions]>([
    ['tokens', { maxTokens: 30, per: 'call' }],
    ['money', { maxCost: 30, prices: { input: 1e6, output: 1e6 }, per: 'call' }],
  ])('bounds each call alone in %s, however many there are', async (_what, limit) => {
    const inner = llm();
    const bounded = withBudget(inner, limit, { estimateTokens });
    for (let at = 0; at < 5; at++) await bounded.chat('hi', { maxOutputTokens: 20 });
    await expect(bounded.chat('hi', { maxOutputTokens: 21 })).rejects.toMatchObject({
      code: 'budget',
      message: expect.stringContaining('may cost 31, and a call may cost 30'),
    });
    expect(inner.requests).toHaveLength(5);
  });

  it('bounds a run by a budget that is made for it, within the total of all', async () => {
    const call = [{ type: 'tool-call' as const, id: 'c', name: 'f', arguments: {} }];
    const inner = new ScriptedLLM({ replies: () => call, usage, metadata: { maxOutputTokens: 10 } });
    const f = tool({ name: 'f', description: 'x', parameters: { type: 'object' }, execute: () => 'ok' });
    const total = createBudget({ maxTokens: 100 });
    const run = () =>
      runTools(withBudget(inner, [total, { maxTokens: 50 }], { estimateTokens }), 'hi', { tools: [f] });
    await expect(run()).rejects.toMatchObject({ code: 'budget' });
    expect([inner.requests.length, total.spent]).toEqual([3, 45]);
    await expect(run()).rejects.toMatchObject({ code: 'budget' });
    await expect(run()).rejects.toMatchObject({ code: 'budget' });
    expect([inner.requests.length, total.spent]).toEqual([6, 90]);
  });

  it('never spends more than the total at any concurrency', async () => {
    const inner = llm();
    const total = createBudget({ maxCost: 1, prices: { input: 1e4, output: 1e4 } });
    const bounded = withBudget(inner, total, { estimateTokens });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => bounded.chat('hi', { maxOutputTokens: 5 })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    expect([inner.requests.length, total.spent, total.reserved]).toEqual([6, 0.9, 0]);
  });

  it('refuses a bound that is neither', () => {
    for (const limit of [{}, { maxCost: 1 }, { maxTokens: 1, per: 'day' }, [{ maxTokens: 0 }]])
      expect(() => withBudget(llm(), limit as never)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });
});
