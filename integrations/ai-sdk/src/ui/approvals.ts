import { isObject, reading, shown } from '@mortise/core/shared';
import { textOf, unfit } from './parts.ts';

/** What somebody decided of a call, as `approvals` of `streamTools` and `runTools` takes it. */
export interface UIApproval {
  callId: string;
  approved: boolean;
  /** For the model, of a refusal. */
  reason?: string | undefined;
  token: string;
}

/**
 * What the page decided of the calls that wait, from the last of its messages: parts in the state `approval-responded`, which
 * `addToolApprovalResponse` of `useChat` makes (`ai` 6 and 7). The signed token of each is the id of its approval, and the run looks at
 * it: what a page forged is `permission` there. Takes anything; what is none of it is `invalid-request` with its place.
 */
export function approvalsFromUIMessages(messages: unknown): UIApproval[] {
  return reading('The list of UI messages', () => {
    if (!Array.isArray(messages)) throw new TypeError('it is no list');
    const at = messages.length - 1;
    const last: unknown = messages[at];
    if (!isObject(last) || last['role'] !== 'assistant' || !Array.isArray(last['parts'])) return [];
    return last['parts'].flatMap((part: unknown, n) => decided(part, `messages[${at}].parts[${n}]`));
  });
}

function decided(part: unknown, at: string): UIApproval[] {
  if (!isObject(part) || part['state'] !== 'approval-responded') return [];
  const { id, approved, reason } = isObject(part['approval']) ? part['approval'] : {};
  if (typeof approved !== 'boolean')
    throw unfit(at, `has ${shown(approved)} where approved is true or false`);
  const callId = textOf(part['toolCallId'], at);
  const token = textOf(id, at);
  return [{ callId, approved, token, ...(reason === undefined ? {} : { reason: textOf(reason, at) }) }];
}
