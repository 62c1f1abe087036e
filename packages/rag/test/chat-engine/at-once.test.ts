import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { isMortiseError, messageText } from '@mortise/core';
import { MemoryKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import type { QueryResponse } from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import { createContextChatEngine, type ChatEngine, type ChatPersistence } from '@mortise/rag';
import { FileKeyValueStore, SqliteKeyValueStore } from '@mortise/stores';
import { temporaryFolder } from '../temporary.ts';

const ENGINES = 8;
const TURNS = 3;
const numRuns = Math.max(4, Math.min(20, Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) / 100));

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

/** The stores of two users of one place. */
const KINDS: Readonly<Record<string, () => Promise<readonly [KeyValueStore, KeyValueStore]>>> = {
  memory: async () => {
    const store = new MemoryKeyValueStore();
    return [store, store];
  },
  'sqlite, two connections': async () => {
    const path = join(await temporaryFolder(), 'conversations.sqlite');
    const stores = [new SqliteKeyValueStore({ path }), new SqliteKeyValueStore({ path })] as const;
    opened.push(...stores);
    return stores;
  },
  'files, one writer': async () => {
    const store = new FileKeyValueStore({ directory: await temporaryFolder() });
    return [store, store];
  },
};

/** Answers after waits that are drawn, so that any two calls may come to stand in any order. */
function slow(store: KeyValueStore, wait: () => number): KeyValueStore {
  const later = async (): Promise<void> => {
    const ms = wait();
    if (ms > 0) await setTimeout(ms);
  };
  const { compareAndSet } = store;
  return {
    get: async (...args) => (await later(), store.get(...args).finally(later)),
    set: async (...args) => (await later(), store.set(...args).finally(later)),
    delete: (...args) => store.delete(...args),
    getMany: (...args) => store.getMany(...args),
    setMany: (...args) => store.setMany(...args),
    iterate: (...args) => store.iterate(...args),
    ...(compareAndSet === undefined
      ? {}
      : {
          compareAndSet: async (...args) => (await later(), compareAndSet.apply(store, args).finally(later)),
        }),
  };
}

function engine(persist: ChatPersistence, wait: () => number): ChatEngine {
  const retriever = { retrieve: async () => (await setTimeout(wait()), []) };
  const llm = new ScriptedLLM({ replies: [] });
  return createContextChatEngine({ llm, retriever }, { persist, condense: false });
}

/** The id of the turn, and whether it was added or kept beside. */
async function say(
  chat: ChatEngine,
  message: string,
): Promise<{ id: string; message: string; isAdded: boolean }> {
  try {
    const { metadata } = await chat.chat(message);
    return { id: metadata['turnId'] as string, message, isAdded: true };
  } catch (error) {
    if (!isMortiseError(error, 'conflict')) throw error;
    const { metadata } = error.partial as QueryResponse;
    return { id: metadata['turnId'] as string, message, isAdded: false };
  }
}

describe('H-06: eight engines on one conversation at once', () => {
  it.each(Object.keys(KINDS))(
    'lose no turn, whatever the interleaving: %s',
    { timeout: 120_000 },
    async (kind) => {
      const waits = fc.infiniteStream(fc.integer({ min: 0, max: 4 }));
      await fc.assert(
        fc.asyncProperty(waits, async (drawn) => {
          const wait = (): number => drawn.next().value ?? 0;
          const stores = await (KINDS[kind] as (typeof KINDS)[string])();
          const both =
            stores[0] === stores[1] ? [slow(stores[0], wait)] : stores.map((each) => slow(each, wait));
          const singleWriter = kind.startsWith('files');
          const chats = Array.from({ length: ENGINES }, (_, at) =>
            engine({ store: both[at % both.length] as KeyValueStore, key: 'c', singleWriter }, wait),
          );
          const said = await Promise.all(
            chats.map(async (chat, at) => {
              const own = [];
              for (let turn = 0; turn < TURNS; turn++) own.push(await say(chat, `${at}/${turn}`));
              return own;
            }),
          );
          const all = said.flat();
          const turns = await (chats[0] as ChatEngine).turns();
          const byId = new Map(turns.map((turn) => [turn.id, turn]));
          expect(turns).toHaveLength(ENGINES * TURNS);
          for (const { id, message } of all) expect(messageText(byId.get(id)!.messages[0]!)).toBe(message);
          // What was said to be added is the current branch, from its beginning to its end.
          const added = new Set(all.filter(({ isAdded }) => isAdded).map(({ id }) => id));
          expect(added.size).toBeGreaterThan(0);
          expect(new Set(turns.filter(({ current }) => current).map(({ id }) => id))).toEqual(added);
          for (const { parent } of turns) expect(parent === null || added.has(parent)).toBe(true);
        }),
        { numRuns },
      );
    },
  );
});
