/** What the conformance kit takes for globals of Node's. The packages that are tested do not see these. */
export { Buffer } from 'node:buffer';

export const setImmediate = (callback) => void setTimeout(callback, 0);
