import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { messageText } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { createContextChatEngine, createToolsChatEngine } from '@mortise/rag';
import { FileKeyValueStore, SqliteKeyValueStore } from '@mortise/stores';
import { temporaryFolder } from '../temporary.ts';
import { killed, killWriters } from './kill/kill.ts';

const kills = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000 ? 30 : 6;

it.each([
  { kind: 'sqlite' as const, writers: 3 },
  { kind: 'files' as const, writers: 1 },
])(
  'H-06: a conversation in $kind, whose writers ($writers at once) are killed at random moments, has every turn that one of them saw kept',
  { timeout: 600_000 },
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

it(
  'a conversation with tools that is killed at random moments and gone on with has every message once, and each letter was sent once',
  { timeout: 600_000 },
  async () => {
    const folder = await temporaryFolder();
    for (let kill = 0; kill < kills / 3; kill++) await killed('letters.ts', [folder]);
    const store = new SqliteKeyValueStore({ path: join(folder, 'letters.sqlite') });
    const llm = new ScriptedLLM({ replies: [] });
    const chat = createToolsChatEngine({ llm, tools: [] }, { persist: { store, key: 'c' } });
    const turns = await chat.turns();
    expect(turns.length).toBeGreaterThan(1);
    expect(turns.every(({ current }) => current)).toBe(true);
    expect(turns.map(({ messages }) => messageText(messages[0]!))).toEqual(
      turns.map((_, at) => `message ${at}`),
    );
    expect(new Set(turns.map(({ messages }) => messages.map(({ role }) => role).join(' '))).size).toBe(1);
    const sent = readFileSync(join(folder, 'letters.txt'), 'utf8').trimEnd().split('\n');
    expect(new Set(sent).size).toBe(sent.length);
    const left = (await chat.pending())?.messages ?? [];
    const ofLeft = left.filter(({ role }) => role === 'assistant').length;
    // The last letter may be sent, and its result not be kept.
    expect(sent.length - 2 * turns.length).toBeLessThanOrEqual(ofLeft);
    expect(sent.length).toBeGreaterThanOrEqual(2 * turns.length);
    store.close();
  },
);
