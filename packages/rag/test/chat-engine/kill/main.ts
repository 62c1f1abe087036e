/** Says one thing after the other in a conversation that others have too, and prints the id of each turn that was kept. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isMortiseError } from '@mortise/core';
import type { QueryResponse } from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import { createContextChatEngine } from '@mortise/rag';
import { FileKeyValueStore, SqliteKeyValueStore } from '@mortise/stores';

const [kind, folder = '', name] = process.argv.slice(2);
const store =
  kind === 'sqlite'
    ? new SqliteKeyValueStore({ path: join(folder, 'conversations.sqlite') })
    : new FileKeyValueStore({ directory: folder });
const chat = createContextChatEngine(
  { llm: new ScriptedLLM({ replies: [] }), retriever: { retrieve: () => setTimeout(3, []) } },
  { persist: { store, key: 'c', singleWriter: kind === 'files' }, condense: false },
);
for (let n = 0; ; n++) {
  const message = `${name}/${n}`;
  let kept: QueryResponse;
  try {
    kept = await chat.chat(message);
  } catch (error) {
    if (!isMortiseError(error, 'conflict')) throw error;
    kept = error.partial as QueryResponse;
  }
  process.stdout.write(`${kept.metadata['turnId'] as string} ${message}\n`);
}
