import { Buffer } from 'node:buffer';
import { listAt, stringAt } from './answer.ts';

/** Texts of a request, some of which may be objects with one. */
export function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  const objects = listAt(value);
  return objects.length > 0 ? objects.map(({ text }) => stringAt(text)) : value.map(stringAt);
}

export function numberAt(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** 32-bit floats, little-endian: what both OpenAI and Cohere send. Null has no bits but NaN's. */
export function base64Of(vector: readonly (number | null)[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value ?? Number.NaN, at * 4));
  return bytes.toString('base64');
}
