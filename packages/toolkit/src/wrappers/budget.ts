import { emitPoint } from '@mortise/core/events';
import { MortiseError } from '@mortise/core';
import { checkOptions, finiteNumber, oneOf, reading } from '@mortise/core/shared';
import {
  type ChatOptions,
  type LLM,
  type Usage,
  type ChatInput,
  estimateInputTokens,
} from '@mortise/core/llm';
import { decimal, negative, sum, toNumber, ZERO } from './decimal.ts';
import { checkPrices, isCount, moneyOf, type Prices, pricesOf, unpriced } from './prices.ts';
import { aroundLLM } from './wrap.ts';

/** A limit in tokens, or in money at given prices. */
export type BudgetOptions = ({ maxTokens: number } | { maxCost: number; prices: Prices }) & {
  /** `call`: each call may cost as much. Default: all calls together. */
  per?: 'call' | 'total' | undefined;
};

/** Who answered, or is asked. */
export interface BudgetedModel {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
}

/** An amount that calls draw on. Share one between models to bound them together; make one for each run to bound runs. */
export interface Budget {
  /** Tokens or money, as the budget was made. */
  readonly limit: number;
  /** Of finished calls. */
  readonly spent: number;
  /** Held for calls that are running. */
  readonly reserved: number;
  /** What is left for a new call. */
  readonly remaining: number;
  /** What a call of this usage costs, by the prices of `by`. Undefined where a count or the price is not known. */
  costOf(usage: Usage, by?: BudgetedModel): number | undefined;
  /** Holds `amount`, or throws `budget`; what it gives is called with what the call really cost; only the first time counts. */
  reserve(amount: number): (cost: number) => void;
}

/** An empty budget; sums are exact. Throws `configuration` for a limit that is not above 0, and for prices that are no numbers. */
export function createBudget(given: BudgetOptions): Budget {
  const options = checkOptions(given, 'configuration');
  const limit = 'maxTokens' in options ? options.maxTokens : options.maxCost;
  finiteNumber('maxTokens' in options ? 'maxTokens' : 'maxCost', limit, { above: 0 });
  const isPerCall = oneOf('per', options.per ?? 'total', ['call', 'total']) === 'call';
  const prices = 'prices' in options ? checkPrices(options.prices) : undefined;
  if (prices === undefined && !('maxTokens' in options))
    throw new MortiseError('configuration', 'A budget of maxCost needs prices.');
  let spent = ZERO;
  let reserved = ZERO;
  const remaining = () =>
    isPerCall ? decimal(limit) : sum(decimal(limit), negative(spent), negative(reserved));
  return {
    limit,
    get spent() {
      return toNumber(spent);
    },
    get reserved() {
      return toNumber(reserved);
    },
    get remaining() {
      return toNumber(remaining());
    },
    costOf: (usage, by = {}) =>
      reading('The usage', () =>
        prices === undefined ? tokensOf(usage) : moneyOf(usage, pricesOf(prices, by)),
      ),
    reserve(amount) {
      finiteNumber('What the call is estimated to cost', amount, { least: 0, orInfinity: true });
      const held = amount === Infinity ? undefined : decimal(amount);
      if (held === undefined || sum(remaining(), negative(held)).digits < 0n) {
        const left = isPerCall
          ? `a call may cost ${limit}`
          : `${round(toNumber(remaining()))} of the budget of ${limit} is left`;
        const message = `The call may cost ${round(amount)}, and ${left}. Nothing was sent. Raise the budget, shorten the input or lower maxOutputTokens.`;
        throw new MortiseError('budget', message);
      }
      reserved = sum(reserved, held);
      let isBooked = false;
      return (cost) => {
        if (isBooked) return;
        isBooked = true;
        reserved = sum(reserved, negative(held));
        // A value that is not a cost would end the bound for ever: such a call costs what was reserved for it.
        spent = sum(spent, isCount(cost) ? decimal(cost) : held);
      };
    },
  };
}

function tokensOf({ inputTokens, outputTokens, totalTokens }: Usage): number | undefined {
  const tokens = totalTokens ?? (inputTokens ?? Number.NaN) + (outputTokens ?? Number.NaN);
  return isCount(tokens) ? tokens : undefined;
}

function round(amount: number): string {
  return String(Number(amount.toPrecision(6)));
}

export interface WithBudgetOptions {
  /** Input tokens of a request. Default: a rough estimate, 4 characters a token. */
  estimateTokens?: ((input: ChatInput, options: ChatOptions) => number) | undefined;
}

/**
 * `llm` within a budget of tokens or of money, or within several at once: of a call, of a run, of all. Before a call the estimated
 * input and `maxOutputTokens` are reserved, at the price of the model that is asked, and a call that might not fit is refused with
 * `budget` before anything is sent; one whose model has no price with `configuration`.
 * After it the real usage is booked, at the price of the model that answered, and of a part that nobody told what was reserved for
 * it; where that model has no price, all that was reserved, with a `warning` event. A failed call whose usage nobody told costs what
 * it had reserved only if the provider had begun to answer; else nothing.
 */
export function withBudget<L extends LLM>(
  llm: L,
  limit: BudgetOptions | Budget | readonly (BudgetOptions | Budget)[],
  options: WithBudgetOptions = {},
): L {
  const { estimateTokens = estimateInputTokens } = checkOptions(options, 'configuration');
  const budgets = reading(
    'The limit',
    () =>
      [limit].flat().map((each: BudgetOptions | Budget) => ('reserve' in each ? each : createBudget(each))),
    'configuration',
  );
  return aroundLLM(llm, async ({ input, options }) => {
    const { provider, model } = llm;
    const outputTokens = options.maxOutputTokens ?? llm.metadata.maxOutputTokens;
    if (outputTokens === undefined) {
      const message = `The budget cannot hold: nothing says how long a reply of ${model} may become. Give the call maxOutputTokens.`;
      throw new MortiseError('configuration', message);
    }
    const estimate = { inputTokens: estimateTokens(input, options), outputTokens };
    finiteNumber('What the call is estimated to cost', estimate.inputTokens, { least: 0, orInfinity: true });
    const held = reserveAll(
      budgets,
      (budget) => budget.costOf(estimate, { provider, model }) ?? unknown(estimate, llm),
    );
    return ({ usage, error, begun = false, by = { provider, model } }) => {
      const isPaid = usage !== undefined || error === undefined || begun;
      for (const { budget, amount, book } of held) {
        const known = isPaid ? budget.costOf(told(usage, estimate), by) : 0;
        if (known === undefined) warnOf(by);
        const cost = known ?? amount;
        book(cost);
        emitPoint('budget', { model: llm.model, cost, spent: budget.spent, remaining: budget.remaining });
      }
    };
  });
}

interface Held {
  readonly budget: Budget;
  readonly amount: number;
  readonly book: (cost: number) => void;
}

/** Of all budgets, or of none. */
function reserveAll(budgets: readonly Budget[], amountOf: (budget: Budget) => number): Held[] {
  const held: Held[] = [];
  try {
    for (const budget of budgets) {
      const amount = amountOf(budget);
      held.push({ budget, amount, book: budget.reserve(amount) });
    }
    return held;
  } catch (error) {
    for (const { book } of held) book(0);
    throw error;
  }
}

/** An estimate without bounds can never fit; else it is the price that is missing. */
function unknown(
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
  llm: LLM,
): number {
  if (inputTokens + outputTokens === Infinity) return Infinity;
  throw unpriced(llm);
}

function warnOf({ provider, model }: BudgetedModel): void {
  const message = `What the reply of ${model} cost is not known, for want of a price or of its counts: what was reserved for it is booked.`;
  emitPoint('warning', { provider, model, type: 'other', setting: 'prices', message });
}

/** The counts that the provider told, and in place of the others what was reserved for them. */
function told(usage: Usage = {}, reserved: { inputTokens: number; outputTokens: number }): Usage {
  const { inputTokens, outputTokens, totalTokens } = usage;
  if (totalTokens === undefined) return { ...reserved, ...usage };
  const input =
    inputTokens ?? (outputTokens === undefined ? reserved.inputTokens : totalTokens - outputTokens);
  return { ...usage, inputTokens: input, outputTokens: outputTokens ?? Math.max(0, totalTokens - input) };
}
