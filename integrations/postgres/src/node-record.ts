import { MortiseError } from '@mortise/core';
import { throwIfAborted, timeSlices } from '@mortise/core/call';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
import { checkNode, nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import { MAX_METADATA_DEPTH, plainJson } from '@mortise/core/shared';
import type { SourceRecord, StoreOptions } from '@mortise/core/store';
import type { Row } from './database.ts';
import { bytesOf, encodeKey, textOf } from './encode.ts';

/** A node as it is bound: nothing of it is the caller's any more. */
export interface NodeRow {
  readonly id: string;
  readonly json: string;
  readonly embedding: Uint8Array | null;
}

/** Nodes that are copied when a call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;

/** In the order of their keys, so that two writers do not wait for each other; of two nodes with one id the last one. */
export async function nodeRows(nodes: readonly Node[], { signal }: StoreOptions): Promise<NodeRow[]> {
  throwIfAborted(signal);
  const slices = timeSlices(signal);
  const rows = new Map<string, NodeRow>();
  for (const [at, node] of nodes.entries()) {
    const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
    if (turn !== undefined) await turn;
    checkNode(node);
    const { embedding, ...rest } = node;
    const id = encodeKey(node.id);
    const bytes = embedding === undefined || embedding.length === 0 ? null : vectorToBytes(embedding.slice());
    rows.set(id, { id, json: JSON.stringify(nodeToJson(rest)), embedding: bytes });
  }
  return [...rows.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export function toNode(row: Row): Node {
  const node = nodeFromJson(parsed(row['node']));
  const { embedding } = row;
  const vector = embedding == null ? undefined : bytesToVector(bytesOf(embedding));
  if (vector !== undefined) node.embedding = vector;
  return node;
}

/** A copy of what a store keeps. */
export function copyRecord(record: SourceRecord): SourceRecord {
  return plainJson(record, `The record of '${record.sourceId}'`, { depth: MAX_METADATA_DEPTH + 1 });
}

/** A record as it was kept; `validation` for what is none any more. */
export function toRecord(text: unknown): SourceRecord {
  const value = parsed(text);
  const record = (value ?? {}) as Partial<Record<keyof SourceRecord, unknown>>;
  const { sourceId, hash, nodeIds, strayIds = [] } = record;
  if (typeof sourceId === 'string' && typeof hash === 'string' && isIds(nodeIds) && isIds(strayIds))
    return value as SourceRecord;
  throw damaged();
}

/** JSON as the store wrote it; `validation` for what is none any more. */
export function parsed(text: unknown): unknown {
  try {
    return JSON.parse(textOf(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged();
    throw error;
  }
}

function isIds(value: unknown): boolean {
  return Array.isArray(value) && value.every((id) => typeof id === 'string');
}

function damaged(): MortiseError {
  const message =
    'The store holds a value, a node or a record that is none. It was changed: restore a copy, or build it again.';
  return new MortiseError('validation', message);
}
