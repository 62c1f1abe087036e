import { isObject } from '@mortise/core/shared';

/** JSON as it came, which may be anything. */
export type Raw = Record<string, unknown>;

/** Empty where it is no object. */
export function objectAt(value: unknown): Raw {
  return isObject(value) ? value : {};
}

export function text(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

export function count(value: unknown): number | undefined {
  return isNumber(value) ? value : undefined;
}

/** A text that is not empty. */
export function isPiece(value: unknown): value is string {
  return isText(value) && value !== '';
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
