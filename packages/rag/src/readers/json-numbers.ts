import type { JsonValue } from '@mortise/core';

/** `JSON.parse`, in which numbers that a double cannot hold are the text that they stand as: `"12345678901234567890"`. */
export function parseExactly(source: string): JsonValue {
  if (!MAY_BE_INEXACT.test(source)) return JSON.parse(source) as JsonValue;
  return parseWith(source, (_key, value, { source: digits }) =>
    typeof value === 'number' && digits !== undefined && !isExact(value, digits) ? digits : value,
  );
}

/** Up to 15 digits without an exponent every double holds. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/;

/** The third argument is of ES2026, and of V8 since Node 21. */
const parseWith = JSON.parse as (
  source: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => JsonValue;

/** Whether a number is written as what it is: `1.50` and `15e-1` are, 2^53 + 1 and 1e999 are not. */
function isExact(value: number, source: string): boolean {
  return normalized(String(value)) === normalized(source);
}

/** Digits without zeros around them, and the power of ten behind them; `Infinity` for itself. */
function normalized(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (whole === '') return number;
  const digits = whole + fraction;
  let first = 0;
  while (digits[first] === '0') first++;
  let last = digits.length;
  while (last > first && digits[last - 1] === '0') last--;
  if (first === last) return '0';
  return `${sign}${digits.slice(first, last)}e${Number(exponent) - fraction.length + digits.length - last}`;
}
