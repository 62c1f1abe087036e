import type { JsonObject } from '@mortise/core/shared';

/** `true` runs the tool; `false` or a reason for the model does not. */
export type Approval = boolean | string;

/** A call that waits for somebody's decision. Plain JSON. */
export interface PendingApproval {
  /** The id of the call. */
  callId: string;
  /** Of the tool. */
  name: string;
  arguments: JsonObject;
  /** Good for this call of this run with these arguments, until it expires. */
  token: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** What was decided. */
export interface GivenApproval {
  callId: string;
  approved: boolean;
  /** For the model, of a refusal. */
  reason?: string | undefined;
  /** As it was asked with. */
  token: string;
}
