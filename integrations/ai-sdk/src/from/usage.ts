import type { FinishReason, Usage } from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { jsonOf, partOf, textOf, type Part } from '../read.ts';

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
];

/** What a model of ours counted, where V2 has no place for it. */
export function ourUsage(told: Part | undefined): Usage | undefined {
  const usage = told?.['usage'];
  if (!isObject(usage)) return undefined;
  const counts = COUNTS.filter((name) => typeof usage[name] === 'number').map((name) => [name, usage[name]]);
  return defined({ ...Object.fromEntries(counts), raw: jsonOf(usage['raw']) });
}

/**
 * Counts of V3 and V4, which are nested, and of V2, which are flat. L-01: a count that the provider did not give is absent;
 * theirs say 0, NaN or nothing, so that a 0 is believed only where the provider's own object has one.
 */
export function usageFrom(said: unknown): Usage {
  const usage = partOf(said);
  return isObject(usage['inputTokens']) || isObject(usage['outputTokens']) ? nested(usage) : flat(usage);
}

function nested(usage: Part): Usage {
  const [input, output] = [partOf(usage['inputTokens']), partOf(usage['outputTokens'])];
  const raw = jsonOf(usage['raw']);
  return defined({
    inputTokens: count(input['total'], raw, /prompt|input/i),
    outputTokens: count(output['total'], raw, /completion|output|candidates/i),
    cachedInputTokens: count(input['cacheRead'], raw, /cache/i),
    cacheWriteTokens: count(input['cacheWrite'], raw, /cache_?(write|creat)/i),
    reasoningTokens: count(output['reasoning'], raw, /reason|thought|thinking/i),
    raw,
  });
}

function flat(usage: Part): Usage {
  const [input, output, total, cached, reasoning] = [
    'inputTokens',
    'outputTokens',
    'totalTokens',
    'cachedInputTokens',
    'reasoningTokens',
  ].map((name) => count(usage[name]));
  // Some of V2's providers count what they read from a cache, and what was thought, beside the counts that others put it in.
  const isBeside =
    reasoning !== undefined && input !== undefined && total === input + (output ?? 0) + reasoning;
  return defined({
    inputTokens: input !== undefined && cached !== undefined && cached > input ? input + cached : input,
    outputTokens: isBeside ? (output ?? 0) + reasoning : output,
    totalTokens: total,
    cachedInputTokens: cached,
    reasoningTokens: reasoning,
  });
}

function count(value: unknown, raw?: Part, name?: RegExp): number | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return value === 0 && (raw === undefined || name === undefined || !saysZero(raw, name, 0))
    ? undefined
    : value;
}

function saysZero(raw: Part, name: RegExp, depth: number): boolean {
  return Object.entries(raw).some(
    ([key, value]) =>
      (value === 0 && name.test(key)) || (depth < 4 && isObject(value) && saysZero(value, name, depth + 1)),
  );
}

/** What theirs calls `other`, by the provider's word. */
const MEANT: readonly (readonly [word: RegExp, unified: string])[] = [
  [/content_?filter|safety|prohibited|blocklist|refus/i, 'content-filter'],
  [/^pause_turn$/, 'pause'],
  [/^(max_tokens|model_length|length)$/i, 'length'],
];

/**
 * Undefined: by what is said the stream was cut, or nobody knows why it ended. `whole` is the word of a reply that is whole
 * by itself, where the provider has none for its end.
 */
export function finishFrom(said: unknown, whole?: string): FinishReason | undefined {
  const { unified, raw } = typeof said === 'string' ? { unified: said } : partOf(said);
  const word = textOf(raw);
  const reason = textOf(unified);
  if (reason === undefined || reason === 'interrupted') return undefined;
  if (reason === 'unknown' || (reason === 'other' && word === undefined && typeof said !== 'string'))
    return undefined;
  const meant =
    reason === 'other' || word === 'pause_turn' ? MEANT.find(([each]) => each.test(word ?? '')) : undefined;
  return { unified: meant?.[1] ?? reason, raw: word ?? whole ?? reason };
}
