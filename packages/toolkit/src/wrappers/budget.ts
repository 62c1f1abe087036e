import { emitPoint } from '@mortise/core/events';
import { MortiseError } from '@mortise/core';
import { checkOptions, finiteNumber, reading } from '@mortise/core/shared';
import {
  type ChatOptions,
  type LLM,
  type Usage,
  type ChatInput,
  estimateInputTokens,
} from '@mortise/core/llm';
import { aroundLLM } from './wrap.ts';

/** What a million tokens cost, in whatever money the limit is in. Core knows no prices: they change. */
export interface TokenPrices {
  input: number;
  output: number;
  /** Default: `input`. */
  cachedInput?: number | undefined;
  /** Default: `input`. */
  cacheWrite?: number | undefined;
}

/** A limit in tokens, or in money at given prices. */
export type BudgetOptions = { maxTokens: number } | { maxCost: number; prices: TokenPrices };

/** An amount that calls draw on. Share one between models to bound them together. */
export interface Budget {
  /** Tokens or money, as the budget was made. */
  readonly limit: number;
  /** Of finished calls. */
  readonly spent: number;
  /** Held for calls that are running. */
  readonly reserved: number;
  /** What is left for a new call. */
  readonly remaining: number;
  /** What a call of this usage costs. */
  costOf(usage: Usage): number;
  /** Holds `amount`, or throws `budget`; what it gives is called with what the call really cost; only the first time counts. */
  reserve(amount: number): (cost: number) => void;
}

/** An empty budget. Throws `configuration` for a limit that is not above 0. */
export function createBudget(given: BudgetOptions): Budget {
  const options = checkOptions(given, 'configuration');
  const limit = 'maxTokens' in options ? options.maxTokens : options.maxCost;
  finiteNumber('maxTokens' in options ? 'maxTokens' : 'maxCost', limit, { above: 0 });
  for (const [name, price] of Object.entries(
    'prices' in options ? checkOptions(options.prices, 'configuration') : {},
  ))
    if (price !== undefined) finiteNumber(`The price of ${name}`, price, { least: 0 });
  let spent = 0;
  let reserved = 0;
  return {
    limit,
    get spent() {
      return spent;
    },
    get reserved() {
      return reserved;
    },
    get remaining() {
      return limit - spent - reserved;
    },
    costOf: (usage) => ('prices' in options ? moneyOf(usage, options.prices) : tokensOf(usage)),
    reserve(amount) {
      const remaining = limit - spent - reserved;
      finiteNumber('What the call is estimated to cost', amount, { least: 0, orInfinity: true });
      if (amount > remaining) {
        const message = `The call may cost ${round(amount)}, and ${round(remaining)} of the budget of ${limit} is left. Nothing was sent. Raise the budget, shorten the input or lower maxOutputTokens.`;
        throw new MortiseError('budget', message);
      }
      reserved += amount;
      let isBooked = false;
      return (cost) => {
        if (isBooked) return;
        isBooked = true;
        reserved -= amount;
        // A value that is not a cost would end the bound for ever: such a call costs what was reserved for it.
        spent += Number.isFinite(cost) && cost >= 0 ? cost : amount;
      };
    },
  };
}

function tokensOf({ inputTokens = 0, outputTokens = 0, totalTokens }: Usage): number {
  return totalTokens ?? inputTokens + outputTokens;
}

function moneyOf(
  usage: Usage,
  { input, output, cachedInput = input, cacheWrite = input }: TokenPrices,
): number {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  const fresh = inputTokens - cachedInputTokens - cacheWriteTokens;
  const cost =
    fresh * input + cachedInputTokens * cachedInput + cacheWriteTokens * cacheWrite + outputTokens * output;
  return cost / 1_000_000;
}

function round(amount: number): string {
  return String(Number(amount.toPrecision(6)));
}

export interface WithBudgetOptions {
  /** Input tokens of a request. Default: a rough estimate, 4 characters a token. */
  estimateTokens?: ((input: ChatInput, options: ChatOptions) => number) | undefined;
}

/**
 * `llm` within a budget of tokens, or of money at the caller's prices. Before a call the estimated input and
 * `maxOutputTokens` are reserved, and a call that might not fit is refused with `budget` before anything is sent;
 * after it the real usage is booked, and of a part that nobody told what was reserved for it. A failed call whose usage nobody told costs what it had reserved only if the
 * provider had begun to answer; else nothing.
 */
export function withBudget<L extends LLM>(
  llm: L,
  limit: BudgetOptions | Budget,
  options: WithBudgetOptions = {},
): L {
  const { estimateTokens = estimateInputTokens } = checkOptions(options, 'configuration');
  const budget = reading(
    'The limit',
    () => ('reserve' in limit ? limit : createBudget(limit)),
    'configuration',
  );
  return aroundLLM(llm, async ({ input, options }) => {
    const outputTokens = options.maxOutputTokens ?? llm.metadata.maxOutputTokens;
    if (outputTokens === undefined) {
      const message = `The budget cannot hold: nothing says how long a reply of ${llm.model} may become. Give the call maxOutputTokens.`;
      throw new MortiseError('configuration', message);
    }
    const estimate = { inputTokens: estimateTokens(input, options), outputTokens };
    const book = budget.reserve(budget.costOf(estimate));
    return ({ usage, error, begun = false }) => {
      const isPaid = usage !== undefined || error === undefined || begun;
      const cost = isPaid ? budget.costOf(told(usage, estimate)) : 0;
      book(cost);
      emitPoint('budget', { model: llm.model, cost, spent: budget.spent, remaining: budget.remaining });
    };
  });
}

/** The counts that the provider told, and in place of the others what was reserved for them. */
function told(usage: Usage = {}, reserved: { inputTokens: number; outputTokens: number }): Usage {
  const { inputTokens, outputTokens, totalTokens } = usage;
  if (totalTokens === undefined) return { ...reserved, ...usage };
  const input =
    inputTokens ?? (outputTokens === undefined ? reserved.inputTokens : totalTokens - outputTokens);
  return { ...usage, inputTokens: input, outputTokens: outputTokens ?? Math.max(0, totalTokens - input) };
}
