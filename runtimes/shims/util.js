/** `node:util` where there is none: what the conformance kit takes of it. */
import assert from 'assert';

export { inspect } from 'util';

export function isDeepStrictEqual(actual, expected) {
  try {
    assert.deepStrictEqual(actual, expected);
    return true;
  } catch {
    return false;
  }
}
