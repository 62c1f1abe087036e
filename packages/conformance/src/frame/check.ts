import { AssertionError } from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';
import { isMortiseError, type MortiseError } from '@mortise/core';
import { within } from './turns.ts';

/** Assertions that are counted, so that a case which returns before it has checked anything does not pass. */
export interface Check {
  /** How many were made. */
  readonly count: number;
  ok(condition: unknown, what: string): void;
  /** Strictly equal, all the way down. */
  equal(actual: unknown, expected: unknown, what: string): void;
  /** Gives what the promise rejects with; fails when it does not. */
  rejects(promise: Promise<unknown>, what: string): Promise<unknown>;
  /** The promise rejects with a `MortiseError` of this code. */
  error(promise: Promise<unknown>, code: string | readonly string[], what: string): Promise<MortiseError>;
  /** Settles within `ms`; on a busy machine it has longer: so many turns of the event loop are counted. */
  within<T>(ms: number, promise: Promise<T>, what: string): Promise<T>;
}

export function createCheck(): Check {
  let count = 0;

  function fail(message: string, actual?: unknown, expected?: unknown): never {
    throw new AssertionError({ message, actual, expected, operator: 'conformance' });
  }

  async function rejects(promise: Promise<unknown>, what: string): Promise<unknown> {
    count++;
    let value: unknown;
    try {
      value = await promise;
    } catch (error) {
      // What was not over in time failed no otherwise.
      if (error instanceof AssertionError && error.operator === WITHIN) throw error;
      return error;
    }
    return fail(`${what}: it resolved, with ${short(value)}`);
  }

  return {
    get count() {
      return count;
    },
    ok(condition, what) {
      count++;
      if (!condition) fail(what);
    },
    equal(actual, expected, what) {
      count++;
      if (isDeepStrictEqual(actual, expected)) return;
      fail(`${what}: got ${short(actual)}, expected ${short(expected)}`, actual, expected);
    },
    rejects,
    async error(promise, code, what) {
      const thrown = await rejects(promise, what);
      const codes = typeof code === 'string' ? [code] : code;
      if (!isMortiseError(thrown)) return fail(`${what}: it threw no MortiseError but ${short(thrown)}`);
      if (!codes.includes(thrown.code)) {
        const message = `${what}: it threw ${thrown.code} (${thrown.message}), expected ${codes.join(' or ')}`;
        return fail(message, thrown.code, code);
      }
      return thrown;
    },
    async within(ms, promise, what) {
      count++;
      const message = `${what}: nothing happened for ${ms} ms`;
      return await within(ms, promise, () => new AssertionError({ message, operator: WITHIN }));
    },
  };
}

/** Marks the errors of `within`. */
const WITHIN = 'within';

function short(value: unknown): string {
  const text = inspect(value, { depth: 6, breakLength: 120 });
  return text.length > 1000 ? `${text.slice(0, 1000)} ...` : text;
}
