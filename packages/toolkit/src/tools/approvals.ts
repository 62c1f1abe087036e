import { MortiseError } from '@mortise/core';
import { base64Of, canonicalJson, isObject, positive, reading, shown } from '@mortise/core/shared';
import type { Approval, GivenApproval, PendingApproval } from './approval-contract.ts';
import type { RunToolsEvent } from './event-contract.ts';
import { approvalGiven } from './execute.ts';
import { callKey, insideCallId, type AskedCall } from './nested.ts';
import { readState } from './read-state.ts';
import { toState, type Call, type RunState } from './run-state.ts';

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

  async ask(asked: AskedCall): Promise<PendingApproval> {
    const expires = Date.now() + this.#ttlMs;
    const signature = await crypto.subtle.sign('HMAC', await this.#hmac(), signed(asked, expires));
    const token = `${expires.toString(36)}.${base64Of(new Uint8Array(signature))}`;
    const { callId, block } = asked;
    const { name, arguments: args } = block;
    return { callId, name, arguments: args, token, expiresAt: new Date(expires).toISOString() };
  }

  /**
   * Writes what was decided into the state, of agents inside it too: all of it, or none. Gives what is told of it. Throws
   * `permission` for what was not signed with this key for a call of this run, or has expired, and `conflict` for a call that is
   * decided already, or none of those that wait.
   */
  async take(state: RunState, approvals: readonly GivenApproval[]): Promise<RunToolsEvent[]> {
    const runs = runsIn(state);
    const asked = runs.flatMap(callsOf);
    const decided = new Map<WaitingCall, Approval>();
    for (const given of approvals) {
      const waiting = await this.#check(asked, given);
      if (decided.has(waiting)) {
        const message = `The call ${given.callId} is decided twice. Give one approval for each.`;
        throw new MortiseError('conflict', message);
      }
      decided.set(waiting, given.approved || (given.reason ?? false));
    }
    for (const [{ call }, approval] of decided) call.approved = approval;
    // From the inside: the state of a run holds those of the runs in it.
    for (const { state: inside, within } of runs.toReversed()) if (within) within.call.run = toState(inside);
    return [...decided].map(([{ of, call }, approval]) =>
      toldOf(of, approvalGiven(of.state.steps, call.block, approval)),
    );
  }

  async #check(asked: readonly WaitingCall[], given: GivenApproval): Promise<WaitingCall> {
    const { callId, token, approved } = reading('The approval', () => ({ ...given }));
    if (typeof approved !== 'boolean' || typeof token !== 'string') {
      const message = `An approval takes callId, approved (true or false) and token; approved is ${shown(approved)}.`;
      throw new MortiseError('invalid-request', message);
    }
    const calls = asked.filter((waiting) => waiting.callId === callId);
    if (calls.length === 0) {
      const message = `No call ${shown(callId)} waits for an approval: it was decided and run already, or is of another run.`;
      throw new MortiseError('conflict', message);
    }
    const [expires = 0, signature] = parts(token);
    for (const waiting of calls) {
      if (!(await this.#isOurs(signature, signed(waiting, expires)))) continue;
      if (waiting.call.result !== undefined || waiting.call.approved !== undefined) {
        const message = `The call ${shown(callId)} was decided already: an approval is good for one use. Go on without it.`;
        throw new MortiseError('conflict', message);
      }
      if (Date.now() <= expires) return waiting;
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

/** A run, and the call of the run outside that it is of, where it is an agent's. */
interface NestedState {
  readonly state: RunState;
  /** By its place, whatever the state says that its id is. */
  readonly id: string;
  readonly within?: { readonly of: NestedState; readonly call: Call } | undefined;
}

/** The run, and those of agents whose calls are open, each after the one outside. */
function runsIn(state: RunState, id = state.id, within?: NestedState['within']): NestedState[] {
  const of: NestedState = { state, id, within };
  const inside = state.reply?.calls.flatMap((call) => {
    if (call.run === undefined || call.result !== undefined) return [];
    return runsIn(readState(call.run), callKey(id, state.steps, call.at), { of, call });
  });
  return [of, ...(inside ?? [])];
}

/** A call of the last reply of a run, whether it still waits or not. */
interface WaitingCall extends AskedCall {
  readonly of: NestedState;
  readonly call: Call;
}

function callsOf(of: NestedState): WaitingCall[] {
  const { state, id } = of;
  const calls = state.reply?.calls ?? [];
  return calls.map((call) => ({
    ...{ of, call, run: id, step: state.steps, at: call.at, block: call.block },
    callId: callIdIn(of, call.block.id),
  }));
}

function callIdIn({ within }: NestedState, id: string): string {
  return within === undefined ? id : callIdIn(within.of, insideCallId(within.call.block.id, id));
}

/** What is told of a run inside, as it is told outside. */
function toldOf({ within }: NestedState, event: RunToolsEvent): RunToolsEvent {
  if (within === undefined) return event;
  const { of, call } = within;
  return toldOf(of, { type: 'tool-event', step: of.state.steps, call: call.block, event });
}

/** What is signed: a change of any of it, of the arguments above all, is another text. */
function signed({ run, step, at, block }: AskedCall, expires: number): Uint8Array<ArrayBuffer> {
  const { id: call, name, arguments: args } = block;
  const text = canonicalJson({ v: 1, run, step, at, call, name, arguments: args, expires });
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
