import { MortiseError, type JsonObject } from '@mortise/core';
import { isObject, reading, shown } from '@mortise/core/shared';
import type { UIApproval } from '../ui/approvals.ts';
import type { AGUIInterrupt } from './events.ts';

/** `PendingApproval` of `@mortise/toolkit`. */
export interface AskedApproval {
  callId: string;
  name: string;
  arguments: JsonObject;
  token: string;
  expiresAt: string;
}

/** Whose call it is: the agent's that made it, where that is a tool. */
export type CallPlace = Pick<AGUIInterrupt, 'toolCallId' | 'subagentRunId'>;

/** The token travels in the id, which comes back with the answer. */
export function interruptOf(
  { callId, name, arguments: args, token, expiresAt }: AskedApproval,
  place: CallPlace,
): AGUIInterrupt {
  const metadata = { name, arguments: args };
  const id = `${callId}:${token}`;
  return { id, reason: 'tool_call', ...place, responseSchema: answerSchema(), expiresAt, metadata };
}

const answerSchema = (): JsonObject => ({
  type: 'object',
  properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
  required: ['approved'],
});

/**
 * `resume` of a `RunAgentInput` as `approvals` of `streamTools`: answers to the interrupts of a run that ended with approvals. `cancelled`
 * refuses; `resolved` takes a payload `{ approved, reason? }`. Takes anything; what is none of it is `invalid-request`.
 */
export function approvalsFromResume(resume: unknown): UIApproval[] {
  return reading('The list of resume entries', () => {
    if (!Array.isArray(resume)) throw new TypeError('it is no list');
    return resume.map((entry: unknown, at) => approvalOf(entry, `resume[${at}]`));
  });
}

function approvalOf(entry: unknown, at: string): UIApproval {
  const { interruptId, status, payload } = isObject(entry) ? entry : {};
  // A token has no colon; the id of a call may.
  const colon = typeof interruptId === 'string' ? interruptId.lastIndexOf(':') : -1;
  if (typeof interruptId !== 'string' || colon === -1)
    throw refused(at, `has the interruptId ${shown(interruptId)}`);
  const callId = interruptId.slice(0, colon);
  const token = interruptId.slice(colon + 1);
  if (status === 'cancelled') return { callId, approved: false, token };
  if (status !== 'resolved') throw refused(at, `has the status ${shown(status)}`);
  const { approved, reason } = isObject(payload) ? payload : {};
  if (typeof approved !== 'boolean')
    throw refused(at, `has ${shown(approved)} where payload.approved is true or false`);
  if (reason === undefined) return { callId, approved, token };
  if (typeof reason !== 'string') throw refused(at, `has ${shown(reason)} where payload.reason is a text`);
  return { callId, approved, reason, token };
}

function refused(at: string, problem: string): MortiseError {
  return new MortiseError('invalid-request', `${at} ${problem}, which no interrupt of ours takes.`);
}
