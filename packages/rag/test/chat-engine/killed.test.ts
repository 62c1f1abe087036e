import { join } from 'node:path';
import { expect, it } from 'vitest';
import { messageText } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { createContextChatEngine } from '@mortise/rag';
import { FileKeyValueStore, SqliteKeyValueStore } from '@mortise/stores';
import { temporaryFolder } from '../temporary.ts';
import { killWriters } from './kill/kill.ts';

const kills = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000 ? 30 : 6;

it.each([
  { kind: 'sqlite' as const, writers: 3 },
  { kind: 'files' as const, writers: 1 },
])(
  'H-06: a conversation in $kind, whose writers ($writers at once) are killed at random moments, has every turn that one of them saw kept',
  { timeout: 180_000 },
  async ({ kind, writers }) => {
    const folder = await temporaryFolder();
    const kept = await killWriters({ kind, folder, writers, kills });
    const store =
      kind === 'sqlite'
        ? new SqliteKeyValueStore({ path: join(folder, 'conversations.sqlite') })
        : new FileKeyValueStore({ directory: folder });
    const retriever = { retrieve: async () => [] };
    const persist = { store, key: 'c', singleWriter: kind === 'files' };
    const chat = createContextChatEngine(
      { llm: new ScriptedLLM({ replies: [] }), retriever },
      { persist, condense: false },
    );
    const turns = new Map((await chat.turns()).map(({ id, messages }) => [id, messageText(messages[0]!)]));
    expect(kept.size).toBeGreaterThan(kills);
    expect([...kept].filter(([id, message]) => turns.get(id) !== message)).toEqual([]);
    // Each was said once, and is there once, whether or not its writer lived to see it.
    expect(new Set(turns.values()).size).toBe(turns.size);
    await chat.chat('goes on');
    if ('close' in store) store.close();
  },
);
