/** `node:assert` where there is none: what the conformance kit takes of it. */
import assert from 'assert';

export const { AssertionError } = assert;
