import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@mortise-examples/ask/engine';
import { ExtractiveLLM } from '@mortise-examples/ask/extractive-llm';
import type { LLM, QueryEngine } from '@mortise/core';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { openIndex } from '@mortise/rag';
import type { OpenConversation, SavedNote, SearchResult } from '../contract.ts';
import type { PageFiles } from '../server/page-files.ts';
import { RuleLLM } from '../server/rule-llm.ts';
import { serveChat, type Serving } from '../server/serve.ts';

export const QUESTION = 'How long is the mortise of the west door?';
export const ANSWER = 'The mortise of the west door is forty millimetres long. [1]';

/** An engine over two documents, as the program makes it. */
export async function engine(): Promise<QueryEngine> {
  const index = await openIndex({ embedding: new HashEmbedding() });
  await index.update([
    createDocument({
      id: 'doors.md',
      text: '# Doors\n\nThe mortise of the west door is forty millimetres long. It was cut by hand.\n',
      metadata: { path: 'doors.md', title: 'Doors' },
    }),
    createDocument({
      id: 'glue.md',
      text: '# Glue\n\nHide glue sets in an hour.\n',
      metadata: { path: 'glue.md' },
    }),
  ]);
  return createEngine(index, new ExtractiveLLM());
}

/** A part of a message, as the page has it. */
export interface Part {
  type: string;
  toolCallId?: string;
  state?: string;
  text?: string;
  input?: { question?: string; text?: string };
  output?: Partial<SearchResult & SavedNote>;
  errorText?: string;
  approval?: { id: string; approved?: boolean };
}

/** A conversation, as the page opens it. */
export interface Opened extends OpenConversation {
  messages: { role: string; parts: Part[] }[];
}

/** A server with a folder of its own, which may be stopped and started again. */
export class TestServer {
  readonly data = mkdtempSync(join(tmpdir(), 'mortise-chat-'));
  readonly errors: unknown[] = [];
  #serving: Serving | undefined;

  async start(options: { llm?: LLM; page?: PageFiles; port?: number } = {}): Promise<string> {
    const { llm = new RuleLLM({ wordDelayMs: 0 }), page = new Map(), port = 0 } = options;
    this.#serving = await serveChat({
      ...{
        llm,
        page,
        port,
        engine: await engine(),
        documents: 'the test documents',
        examples: [QUESTION],
        data: this.data,
      },
      onError: (error) => this.errors.push(error),
    });
    return this.#serving.url;
  }

  get url(): string {
    return this.#serving!.url;
  }

  async stop(): Promise<void> {
    await this.#serving?.stop();
  }

  post(body: unknown, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  }

  ask(id: string, text: string, signal?: AbortSignal): Promise<Response> {
    return this.post({ id, messages: [{ id: 'm', role: 'user', parts: [{ type: 'text', text }] }] }, signal);
  }

  async open(id: string): Promise<Opened> {
    return (await (await fetch(`${this.url}/api/conversations/${id}`)).json()) as Opened;
  }

  /** The conversation's last message, which waits, with a decision about its calls. */
  async decide(id: string, approved: boolean, token?: string): Promise<Response> {
    const message = (await this.open(id)).messages.at(-1)!;
    for (const part of message.parts) {
      if (part.approval === undefined) continue;
      part.state = 'approval-responded';
      part.approval = { id: token ?? part.approval.id, approved };
    }
    return this.post({ id, messages: [message] });
  }

  notes(): string {
    try {
      return readFileSync(join(this.data, 'notes.md'), 'utf8');
    } catch {
      return '';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}
