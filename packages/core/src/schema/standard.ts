import type { StandardSchema } from './standard-contract.ts';

/** True for a validator of any library; false for a plain JSON Schema. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}
