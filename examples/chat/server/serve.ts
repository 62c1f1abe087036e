import { serve } from '@hono/node-server';
import type { LLM } from '@mortise/core';
import type { QueryEngine } from '@mortise/core/query-engine';
import { createToolsChatEngine } from '@mortise/rag';
import { SqliteKeyValueStore } from '@mortise/stores';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chatApp } from './app.ts';
import { Conversations } from './conversations.ts';
import { approvalKey, openDataFolder } from './data-folder.ts';
import { Notes } from './notes.ts';
import type { PageFiles } from './page-files.ts';
import { chatTools, SYSTEM } from './tools.ts';
import { Turns } from './turns.ts';

export interface ServeOptions {
  llm: LLM;
  engine: QueryEngine;
  /** What the documents are called. */
  documents: string;
  /** Questions to begin with. */
  examples: string[];
  /** The folder of conversations, notes and the key. */
  data: string;
  page: PageFiles;
  /** Of 127.0.0.1; 0 takes any that is free. */
  port: number;
  onError: (error: unknown) => void;
}

/** A server that listens. */
export interface Serving {
  readonly url: string;
  /** Stops what is being answered, which is kept, and closes. */
  stop(): Promise<void>;
}

export async function serveChat(options: ServeOptions): Promise<Serving> {
  const { llm, engine, documents, examples, page, port, onError } = options;
  const data = await openDataFolder(options.data);
  const store = new SqliteKeyValueStore({ path: join(data, 'conversations.sqlite') });
  const tools = chatTools(engine, documents, new Notes(join(data, 'notes.md')));
  const key = await approvalKey(data);
  const conversations = new Conversations(store, (persist) =>
    createToolsChatEngine(
      { llm, tools },
      { systemPrompt: SYSTEM, approvalKey: key, persist, maxSteps: 12, maxTokens: 32_000 },
    ),
  );
  const turns = new Turns(conversations, onError);
  const model = llm.provider === llm.model ? llm.model : `${llm.provider}:${llm.model}`;
  const app = chatApp({ about: { model, documents, examples }, turns, conversations, page, onError });
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
    server.once('error', reject);
    server.once('listening', () => {
      const stop = async (): Promise<void> => {
        await turns.stopAll();
        await new Promise((closed) => {
          server.close(closed);
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
        store.close();
      };
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop });
    });
  });
}
