import { MortiseError } from '@mortise/core';

/** A count that an option gives; throws `configuration` where it is none. */
export function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new MortiseError('configuration', `${name} is ${value}; it takes a whole number from ${least}.`);
}
