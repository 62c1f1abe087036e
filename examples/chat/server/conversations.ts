import type { KeyValueStore } from '@mortise/core';
import type { ChatEngine, ChatPersistence } from '@mortise/rag';
import { z } from 'zod';
import type { ConversationSummary } from '../contract.ts';

const Summary = z.object({ id: z.string(), title: z.string(), updatedAt: z.string() });
const namespace = 'titles';

/** The conversations in a store: what was said is kept by their chat engines, and their titles beside it. */
export class Conversations {
  readonly #store: KeyValueStore;
  readonly #create: (persist: ChatPersistence) => ChatEngine;

  constructor(store: KeyValueStore, create: (persist: ChatPersistence) => ChatEngine) {
    this.#store = store;
    this.#create = create;
  }

  /** One for each request is cheap: what was said is in the store. */
  chat(id: string): ChatEngine {
    return this.#create({ store: this.#store, key: id, namespace: 'chats' });
  }

  async get(id: string): Promise<ConversationSummary | undefined> {
    return Summary.optional().parse(await this.#store.get(id, { namespace }));
  }

  /** Makes it the last one of the list; the first question is its title. */
  async touch(id: string, question: string): Promise<void> {
    const title = (await this.get(id))?.title ?? titleOf(question);
    await this.#store.set(id, { id, title, updatedAt: new Date().toISOString() }, { namespace });
  }

  async delete(id: string): Promise<void> {
    await this.chat(id).reset();
    await this.#store.delete(id, { namespace });
  }

  /** The last one first. */
  async list(): Promise<ConversationSummary[]> {
    const list: ConversationSummary[] = [];
    for await (const [, value] of this.#store.iterate({ namespace })) list.push(Summary.parse(value));
    return list.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  }
}

/** A title from a question. */
export function titleOf(question: string): string {
  const line = question.replace(/\s+/g, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}
