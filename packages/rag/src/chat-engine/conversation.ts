import { MortiseError, type ChatMessage } from '@mortise/core';
import { isObject, sha256Hex } from '@mortise/core/shared';
import { isPending, type PendingRecord } from './pending.ts';

/** A turn of a conversation: what was asked, and all that was answered. Plain JSON. */
export interface StoredTurn {
  /** Made of what was said and where; the same in every process. */
  readonly id: string;
  /** The turn before it; `null` for one that begins the conversation. */
  readonly parent: string | null;
  readonly messages: readonly ChatMessage[];
  /** When its answer was whole, as ISO 8601. */
  readonly at: string;
  /** What was said up to and with this turn in short, where a memory needed it. */
  readonly summary?: string | undefined;
}

/** A conversation as it is kept: a tree of turns, since a turn may be edited, and two may be answered at once. Plain JSON. */
export interface ConversationRecord {
  readonly version: 1;
  /** Counts the changes. */
  readonly revision: number;
  /** The last turn of the current branch; `null` where nothing was said. */
  readonly tip: string | null;
  /** Each after its parent. */
  readonly turns: readonly StoredTurn[];
  /** The turn that waits. */
  readonly pending?: PendingRecord | undefined;
}

export const EMPTY: ConversationRecord = { version: 1, revision: 0, tip: null, turns: [] };

/** The turns from the beginning to `tip`. */
export function branchTo({ turns }: ConversationRecord, tip: string | null): StoredTurn[] {
  const branch: StoredTurn[] = [];
  let next = tip;
  // A parent stands before its children, so one look from the end finds them all.
  for (const turn of turns.toReversed()) {
    if (turn.id !== next) continue;
    branch.push(turn);
    next = turn.parent;
  }
  return branch.reverse();
}

export function messagesTo(record: ConversationRecord, tip: string | null): ChatMessage[] {
  return branchTo(record, tip).flatMap(({ messages }) => messages);
}

/** The turn of that id; `not-found` where there is none. */
export function turnOf({ turns }: ConversationRecord, id: string): StoredTurn {
  const found = turns.find((turn) => turn.id === id);
  if (found !== undefined) return found;
  const message = `The conversation has no turn ${JSON.stringify(String(id).slice(0, 64))}. Take an id that turns() gives.`;
  throw new MortiseError('not-found', message);
}

/** What is to be added. */
export interface NewTurn {
  readonly parent: string | null;
  readonly messages: readonly ChatMessage[];
  /** The tip of the conversation when the turn began. */
  readonly begun: string | null;
}

/**
 * The conversation with one turn more: the tip, where nothing changed since it began, and a branch beside otherwise. A turn
 * whose parent was forgotten meanwhile begins a branch of its own.
 */
export function withTurn(
  record: ConversationRecord,
  { parent: wanted, messages, begun }: NewTurn,
): { readonly record: ConversationRecord; readonly id: string } {
  const { turns, tip } = record;
  const ids = new Set(turns.map(({ id }) => id));
  const isKnown = wanted === null || ids.has(wanted);
  const parent = isKnown ? wanted : null;
  const id = freeId(JSON.stringify([parent, messages]), ids);
  const turn = { id, parent, messages, at: new Date().toISOString() };
  const isNext = isKnown && tip === begun;
  return { record: changed(record, { tip: isNext ? id : tip, turns: [...turns, turn] }), id };
}

/** The conversation with a summary of what was said up to and with a turn. One that was forgotten meanwhile needs none. */
export function withSummary(
  record: ConversationRecord,
  { turnId, summary }: { readonly turnId: string; readonly summary: string },
): ConversationRecord {
  const turns = record.turns.map((turn) => (turn.id === turnId ? { ...turn, summary } : turn));
  return changed(record, { turns });
}

/** By what was said and not by chance, so that a turn is the same whole and streamed. Equal turns at one place are counted. */
function freeId(content: string, taken: ReadonlySet<string>): string {
  for (let count = 0; ; count++) {
    const id = sha256Hex(`${count} ${content}`).slice(0, ID_LENGTH);
    if (!taken.has(id)) return id;
  }
}

/** 64 bits. */
const ID_LENGTH = 16;

export function changed(record: ConversationRecord, change: Partial<ConversationRecord>): ConversationRecord {
  return { ...record, ...change, revision: record.revision + 1 };
}

/** A conversation of what was said before: a turn begins with each message of the user. */
export function conversationOf(messages: readonly ChatMessage[]): ConversationRecord {
  let record = EMPTY;
  for (const turn of groupTurns(messages))
    record = withTurn(record, { parent: record.tip, messages: turn, begun: record.tip }).record;
  return record;
}

function groupTurns(messages: readonly ChatMessage[]): ChatMessage[][] {
  const turns: ChatMessage[][] = [];
  let said = false;
  for (const message of messages) {
    if (turns.length === 0 || (message.role === 'user' && said)) {
      turns.push([]);
      said = false;
    }
    turns.at(-1)?.push(message);
    said ||= message.role !== 'system';
  }
  return turns;
}

/** What a store gave, if it is a conversation that this version wrote. */
export function conversationFrom(value: unknown): ConversationRecord | undefined {
  if (!isObject(value) || value['version'] !== 1) return undefined;
  const { revision, tip, turns, pending } = value;
  if (!Number.isSafeInteger(revision) || !Array.isArray(turns)) return undefined;
  const ids = new Set<unknown>([null]);
  for (const turn of turns as unknown[]) {
    if (!isTurn(turn) || !ids.has(turn.parent)) return undefined;
    ids.add(turn.id);
  }
  if (pending !== undefined && !isPending(pending, ids)) return undefined;
  return ids.has(tip) ? (value as unknown as ConversationRecord) : undefined;
}

function isTurn(value: unknown): value is StoredTurn {
  if (!isObject(value)) return false;
  const { id, at, messages, summary = '' } = value;
  const isNamed = typeof id === 'string' && typeof at === 'string' && typeof summary === 'string';
  return isNamed && isConversation(messages);
}

const ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool'];

function isConversation(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((each: unknown) => {
    const { role, content } = (each ?? {}) as { role?: unknown; content?: unknown };
    return ROLES.includes(role) && (typeof content === 'string' || Array.isArray(content));
  });
}
