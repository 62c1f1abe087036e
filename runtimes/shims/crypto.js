/** `node:crypto` where there is none: what the conformance kit takes of it. */
export const randomUUID = () => globalThis.crypto.randomUUID();
