import { checkOptions, finiteNumber, reading } from '@mortise/core/shared';
import { MortiseError } from '@mortise/core';
import type { AnsweredBy } from '@mortise/core/call';
import type { Usage } from '@mortise/core/llm';
import { decimal, type Decimal, product, sum, toNumber, ZERO } from './decimal.ts';

/** What a million tokens of a model cost, in any money. Core knows no prices: they change. */
export interface TokenPrices {
  input: number;
  output: number;
  /** Of input that the provider's cache had. Default: `input`. */
  cachedInput?: number | undefined;
  /** Of input that was written to the provider's cache. Default: `input`. */
  cacheWrite?: number | undefined;
  /** Of output that is reasoning. Default: `output`. */
  reasoning?: number | undefined;
}

/**
 * Prices by model, as a response names it: `gpt-5`, or `groq/openai/gpt-oss-120b` with its provider, which goes first, where two sell
 * one model. A name without a date (`-2025-08-07`, `-20250929`, also after `@`) is the price of its dated versions that are not named.
 */
export type ModelPrices = { readonly [model: string]: TokenPrices };

/** Of one model, or by model. */
export type Prices = TokenPrices | ModelPrices;

/** What a response says of its cost. */
export interface Priced extends AnsweredBy {
  readonly usage: Usage;
  readonly model?: string | undefined;
}

const NAMES = ['input', 'output', 'cachedInput', 'cacheWrite', 'reasoning'] as const;

/**
 * What a response cost, in the money of `prices`; exact, so the number nearest to the true sum. Undefined where that is not
 * known: the model has no price, or a count is missing, or is none, or is less than its parts. A count whose price is 0 may be missing;
 * a part that is missing (`cachedInputTokens`, `cacheWriteTokens`, `reasoningTokens`) costs as the rest of its whole. Throws
 * `configuration` for prices that are no numbers from 0.
 */
export function costOf(response: Priced, prices: Prices): number | undefined {
  return reading(
    'The response or a price',
    () => moneyOf(response.usage, pricesOf(prices, response)),
    'configuration',
  );
}

/** A copy of prices that are right; else throws `configuration`. */
export function checkPrices(given: Prices): Prices {
  return reading(
    'The prices',
    () => {
      const prices = checkOptions(given, 'configuration');
      if (isOfOne(prices)) return checkModel(prices, '');
      const entries = Object.entries(prices).map(([model, each]) => [model, checkModel(each, `${model}, `)]);
      return Object.fromEntries(entries) as ModelPrices;
    },
    'configuration',
  );
}

function checkModel(given: TokenPrices, of: string): TokenPrices {
  const prices = checkOptions(given, 'configuration');
  for (const name of NAMES)
    if (prices[name] !== undefined || name === 'input' || name === 'output')
      finiteNumber(`The price of ${of}${name}`, prices[name], { least: 0 });
  return prices;
}

/** A model may be named `input`; its price is an object. */
function isOfOne(prices: Prices): prices is TokenPrices {
  return [prices['input'], prices['output']].some(
    (price) => price !== undefined && typeof price !== 'object',
  );
}

/** Undefined where the table does not have the model. */
export function pricesOf(
  prices: Prices,
  { provider, model }: { readonly provider?: string | undefined; readonly model?: string | undefined },
): TokenPrices | undefined {
  if (isOfOne(prices)) return checkModel(prices, '');
  if (typeof model !== 'string') return undefined;
  const undated = withoutDate(model);
  const names = [`${provider}/${model}`, model, `${provider}/${undated}`, undated];
  const name = names.find((each) => Object.hasOwn(prices, each));
  const found = name === undefined ? undefined : prices[name];
  return found === undefined ? undefined : checkModel(found, `${name}, `);
}

function withoutDate(model: string): string {
  if (/^[-@]\d{4}-\d\d-\d\d$/.test(model.slice(-11))) return model.slice(0, -11);
  return /^[-@]\d{8}$/.test(model.slice(-9)) ? model.slice(0, -9) : model;
}

export function moneyOf(usage: Usage, prices: TokenPrices | undefined): number | undefined {
  if (prices === undefined) return undefined;
  const { input, output, cachedInput = input, cacheWrite = input, reasoning = output } = prices;
  const read = partly(usage.inputTokens, input, [
    [usage.cachedInputTokens, cachedInput],
    [usage.cacheWriteTokens, cacheWrite],
  ]);
  const written = partly(usage.outputTokens, output, [[usage.reasoningTokens, reasoning]]);
  if (read === undefined || written === undefined) return undefined;
  const { digits, scale } = sum(read, written);
  return toNumber({ digits, scale: scale + 6 });
}

/** Of a whole whose parts have prices of their own. */
function partly(
  whole: number | undefined,
  price: number,
  parts: readonly (readonly [tokens: number | undefined, price: number])[],
): Decimal | undefined {
  if (price === 0 && parts.every(([, each]) => each === 0)) return ZERO;
  const known = parts.filter((part): part is readonly [number, number] => part[0] !== undefined);
  if (whole === undefined || !isCount(whole) || !known.every(([tokens]) => isCount(tokens))) return undefined;
  const rest = known.reduce((left, [tokens]) => left - tokens, whole);
  if (rest < 0) return undefined;
  return sum(
    ...[[rest, price] as const, ...known].map(([tokens, each]) => product(decimal(tokens), decimal(each))),
  );
}

export function isCount(tokens: unknown): tokens is number {
  return typeof tokens === 'number' && Number.isFinite(tokens) && tokens >= 0;
}

/** Of a model without a price, before it is asked. */
export function unpriced({
  provider,
  model,
}: {
  readonly provider: string;
  readonly model: string;
}): MortiseError {
  const message = `The budget cannot hold: the prices name neither ${model} nor ${provider}/${model}. Add what a million of its tokens cost.`;
  return new MortiseError('configuration', message, { provider, model });
}
