import { MortiseError } from '@mortise/core';
import type { ToolCallBlock } from '@mortise/core/llm';
import { base64Of, canonicalJson, isObject, positive, reading, shown } from '@mortise/core/shared';
import type { GivenApproval, PendingApproval } from './contract.ts';
import type { Call, RunState } from './run-state.ts';

/** A day. */
const DEFAULT_TTL_MS = 86_400_000;
/** Bytes of a key: of fewer, a signature can be tried out. */
const LEAST_KEY_BYTES = 16;

/** A `CryptoKey`, by what gives it: runtimes declare it in ways of their own. */
type Imported = ReturnType<typeof crypto.subtle.importKey>;

/** Signs what is asked of people, and knows its own signatures again. */
export class Approvals {
  readonly #key: Uint8Array<ArrayBuffer>;
  readonly #ttlMs: number;
  #imported: Imported | undefined;

  /** Throws `configuration` for a key that is none or too short. */
  constructor(key: string | Uint8Array, ttlMs = DEFAULT_TTL_MS) {
    this.#key = keyBytes(key);
    this.#ttlMs = positive('approvalTtlMs', ttlMs);
  }

  async ask(run: RunState, { block }: Call): Promise<PendingApproval> {
    const expires = Date.now() + this.#ttlMs;
    const signature = await crypto.subtle.sign('HMAC', await this.#hmac(), signed(run, block, expires));
    const token = `${expires.toString(36)}.${base64Of(new Uint8Array(signature))}`;
    const { id: callId, name, arguments: args } = block;
    return { callId, name, arguments: args, token, expiresAt: new Date(expires).toISOString() };
  }

  /**
   * The call that `given` is for. Throws `permission` where it was not signed with this key for this call of this run, or has
   * expired, and `conflict` where the call is decided already, or none of those that wait.
   */
  async check(run: RunState, given: GivenApproval): Promise<Call> {
    const { callId, token, approved } = reading('The approval', () => ({ ...given }));
    if (typeof approved !== 'boolean' || typeof token !== 'string') {
      const message = `An approval takes callId, approved (true or false) and token; approved is ${shown(approved)}.`;
      throw new MortiseError('invalid-request', message);
    }
    const calls = run.reply?.calls.filter(({ block }) => block.id === callId) ?? [];
    if (calls.length === 0) {
      const message = `No call ${shown(callId)} waits for an approval: it was decided and run already, or is of another run.`;
      throw new MortiseError('conflict', message);
    }
    const [expires = 0, signature] = parts(token);
    for (const call of calls) {
      if (!(await this.#isOurs(signature, signed(run, call.block, expires)))) continue;
      if (call.result !== undefined || call.approved !== undefined) {
        const message = `The call ${shown(callId)} was decided already: an approval is good for one use. Go on without it.`;
        throw new MortiseError('conflict', message);
      }
      if (Date.now() <= expires) return call;
      const message = `The approval of ${shown(callId)} has expired. Run the state without it: a new one is asked for.`;
      throw new MortiseError('permission', message);
    }
    const message = `The approval of ${shown(callId)} was not signed with this key for this call: the token or the call was changed, or another key was given.`;
    throw new MortiseError('permission', message);
  }

  async #isOurs(signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<boolean> {
    // By WebCrypto, in constant time.
    return crypto.subtle.verify('HMAC', await this.#hmac(), signature, data);
  }

  #hmac(): Imported {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    return (this.#imported ??= crypto.subtle.importKey('raw', this.#key, algorithm, false, [
      'sign',
      'verify',
    ]));
  }
}

/** What is signed: a change of any of it, of the arguments above all, is another text. */
function signed({ id, steps }: RunState, call: ToolCallBlock, expires: number): Uint8Array<ArrayBuffer> {
  const { id: callId, name, arguments: args } = call;
  const text = canonicalJson({ v: 1, run: id, step: steps, call: callId, name, arguments: args, expires });
  return new TextEncoder().encode(text);
}

/** What is no token has a signature that no key gives. */
function parts(token: string): [expires: number | undefined, signature: Uint8Array<ArrayBuffer>] {
  const [time = '', base64 = ''] = token.split('.', 2);
  const expires = Number.parseInt(time, 36);
  try {
    const signature = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return [Number.isSafeInteger(expires) ? expires : undefined, signature];
  } catch {
    return [undefined, new Uint8Array()];
  }
}

function keyBytes(key: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes =
    typeof key === 'string'
      ? new TextEncoder().encode(key)
      : isObject(key) && ArrayBuffer.isView(key)
        ? Uint8Array.from(key)
        : undefined;
  if (bytes !== undefined && bytes.length >= LEAST_KEY_BYTES) return bytes;
  const message = `approvalKey takes a secret of at least ${LEAST_KEY_BYTES} bytes, as a string or a Uint8Array. Make one with 32 random bytes, and keep it where other secrets are.`;
  throw new MortiseError('configuration', message);
}
