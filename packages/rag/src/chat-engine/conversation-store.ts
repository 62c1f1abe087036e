import { MortiseError, type JsonValue } from '@mortise/core';
import { checkOptions, requireMembers } from '@mortise/core/shared';
import type { KeyValueStore, StoreValue } from '@mortise/core/store';
import { abortable } from '../abort.ts';
import { conversationFrom, EMPTY, type ConversationRecord } from './conversation.ts';
import { setAlone } from './set-alone.ts';

/** Where a conversation is kept. */
export interface ChatPersistence {
  readonly store: KeyValueStore;
  /** Of the conversation. Its entry grows with each turn. */
  readonly key: string;
  /** Default: the namespace `''`. */
  readonly namespace?: string | undefined;
  /**
   * Says that this process alone writes, through this one object, for a store without `compareAndSet`. Where that is not so, turns
   * are lost. Default: false: such a store is refused.
   */
  readonly singleWriter?: boolean | undefined;
}

/** A conversation, in this engine or in a store. */
export interface KeptConversation {
  load(signal?: AbortSignal): Promise<ConversationRecord>;
  /** What it becomes by `change`, which is asked again where somebody else was faster. */
  update(change: (record: ConversationRecord) => ConversationRecord): Promise<ConversationRecord>;
  clear(): Promise<void>;
}

/** A conversation that is gone with its engine. */
export function ownConversation(begin: ConversationRecord): KeptConversation {
  let record = begin;
  return {
    load: async () => record,
    update: async (change) => (record = change(record)),
    clear: async () => void (record = EMPTY),
  };
}

/** A conversation that others, in other processes too, may read and add to. */
export function storedConversation(given: ChatPersistence): KeptConversation {
  const { store, key, namespace, replace } = checkPersistence(given);

  async function read(
    signal?: AbortSignal,
  ): Promise<{ value: StoreValue | undefined; record: ConversationRecord }> {
    const value = await abortable(signal, () => store.get(key, { namespace, signal }));
    const record = value === undefined ? EMPTY : conversationFrom(value);
    if (record !== undefined) return { value, record };
    const message = `What the store has under '${key}' is not a conversation of this version. Use another key, or delete it.`;
    throw new MortiseError('validation', message);
  }

  return {
    load: async (signal) => (await read(signal)).record,
    async update(change) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const { value, record } = await read();
        const next = change(record);
        // Where it fails somebody else has succeeded, so all come to an end.
        if (await replace(value, next as unknown as JsonValue)) return next;
      }
      const message = `The conversation under '${key}' was changed by others ${MOST_TRIES} times while it was to be written. Try again.`;
      throw new MortiseError('overloaded', message);
    },
    clear: () => store.delete(key, { namespace }),
  };
}

/** More than write to one conversation at once. */
const MOST_TRIES = 1_000;

type Replace = (expected: StoreValue | undefined, value: StoreValue) => Promise<boolean>;

function checkPersistence(given: ChatPersistence): ChatPersistence & { readonly replace: Replace } {
  const { store, key, namespace, singleWriter = false } = checkOptions(given, 'configuration');
  requireMembers(store, ['get', 'set', 'delete'], 'persist.store', 'KeyValueStore');
  if (typeof key !== 'string')
    throw new MortiseError('configuration', 'persist.key is missing; give the key of the conversation.');
  const place = { store, key, namespace };
  if (typeof store.compareAndSet === 'function') {
    const options = { namespace };
    return {
      ...place,
      // By name, so that an application may replace the method of its store.
      replace: (expected, value) =>
        Promise.resolve(store.compareAndSet?.(key, expected, value, options) ?? false),
    };
  }
  if (singleWriter) return { ...place, replace: (expected, value) => setAlone(place, expected, value) };
  const message =
    'persist.store has no compareAndSet, so a turn of another process could be lost. Take a store that has it, such as SqliteKeyValueStore; or, where one process alone writes, set persist.singleWriter.';
  throw new MortiseError('configuration', message);
}
