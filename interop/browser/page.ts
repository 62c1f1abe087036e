import { useChat } from '@ai-sdk/react';
import type { ChatStreamEvent } from '@mortise/core';
import { fromSSE } from '@mortise/core/sse';
import { DefaultChatTransport, type UIMessage } from 'ai';
import { createElement, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

/** What a test asks of the page. */
export interface PageTools {
  /** Reads `/api/chat` to its end: the text, the types of the events, and how it ended. */
  read(kind: string): Promise<{ text: string; types: string[]; error?: unknown }>;
  /** Begins to read it, and leaves after the first text. */
  leave(kind: string): Promise<void>;
  /** Begins to read it, and reads no further. */
  stall(kind: string): Promise<void>;
  /** Of `useChat`. */
  send(kind: string): void;
  stop(): void;
  readonly chat: {
    readonly status: string;
    readonly error?: string;
    readonly messages: readonly UIMessage[];
  };
}

declare global {
  interface Window {
    tools: PageTools;
  }
}

const ask = (kind: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`/api/chat?kind=${kind}`, { method: 'POST', body: '[]', signal: signal ?? null });

const tools: { -readonly [name in keyof PageTools]: PageTools[name] } = {
  async read(kind) {
    let text = '';
    const types = new Set<string>();
    try {
      for await (const event of fromSSE<ChatStreamEvent>(await ask(kind))) {
        types.add(event.type);
        if (event.type === 'text-delta') text += event.delta as string;
      }
      return { text, types: [...types] };
    } catch (error) {
      const { name, code, message } = error as { name: string; code?: string; message: string };
      return { text, types: [...types], error: { name, code, message } };
    }
  },
  async leave(kind) {
    for await (const event of fromSSE<ChatStreamEvent>(await ask(kind)))
      if (event.type === 'text-delta') break;
  },
  async stall(kind) {
    const reader = (await ask(kind)).body!.getReader();
    await reader.read();
    Object.assign(window, { kept: reader });
  },
  send: () => undefined,
  stop: () => undefined,
  chat: { status: 'none', messages: [] },
};
window.tools = tools;

/** A page as an application has it, which shows every part. */
function Chat(): ReactElement {
  const { messages, sendMessage, status, stop, error } = useChat({
    transport: new DefaultChatTransport({ api: '/api/ui' }),
  });
  tools.send = (kind) => void sendMessage({ text: kind });
  tools.stop = () => void stop();
  tools.chat = { status, messages, ...(error === undefined ? {} : { error: error.message }) };
  return createElement(
    'main',
    null,
    createElement('h1', null, 'useChat on Mortise'),
    ...messages.map(({ id, role, parts }) =>
      createElement('section', { key: id }, createElement('h2', null, role), ...parts.map(partOf)),
    ),
    createElement(
      'p',
      { id: 'status' },
      `status: ${status}`,
      error === undefined ? '' : ` (${error.message})`,
    ),
  );
}

function partOf(part: UIMessage['parts'][number], at: number): ReactElement {
  const key = { key: at, 'data-part': part.type };
  switch (part.type) {
    case 'text':
      return createElement('p', key, part.text);
    case 'reasoning':
      return createElement(
        'details',
        { ...key, open: true },
        createElement('summary', null, 'thought'),
        part.text,
      );
    case 'source-url':
      return createElement('p', key, createElement('a', { href: part.url }, part.title ?? part.url));
    case 'step-start':
      return createElement('hr', key);
    default:
      return createElement('pre', key, JSON.stringify(part));
  }
}

createRoot(document.querySelector('#root')!).render(createElement(Chat));
