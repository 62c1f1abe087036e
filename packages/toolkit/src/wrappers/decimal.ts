/** A number that is exact: `digits` tenths, hundredths, ... by `scale`. Sums of money in binary fractions are not. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };

/** The number as it is written: 0.1 is a tenth. `value` is finite. */
export function decimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

export function sum(...terms: readonly Decimal[]): Decimal {
  const scale = Math.max(...terms.map((term) => term.scale));
  const digits = terms.reduce((total, term) => total + term.digits * 10n ** BigInt(scale - term.scale), 0n);
  return { digits, scale };
}

export function product(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

export function negative({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}

/** The number that is nearest. */
export function toNumber({ digits, scale }: Decimal): number {
  return Number(`${digits}e-${scale}`);
}
