import type { ChatEngineParts, Conversation, ConversationTurnLike } from '@mortise/conformance';
import { isMortiseError, MortiseError, type ChatMessage } from '@mortise/core';
import type { KeyValueStore } from '@mortise/core/store';
import { createResponseStream, type QueryResponse, type ResponseStream } from '@mortise/core/synthesizer';
import { createContextChatEngine } from '@mortise/rag';
import { withApprovals } from '../chat-engine/with-approvals.ts';

export interface ChatEngineMutant {
  readonly fault: string;
  readonly caughtBy: string;
  readonly create: (parts: ChatEngineParts) => Conversation;
}

type Branching = Conversation & Required<Pick<Conversation, 'turns' | 'goTo'>>;

const open = ({ llm, retriever, messages, persist }: ChatEngineParts, maxTokens?: number): Branching =>
  createContextChatEngine({ llm, retriever }, { messages, persist, maxTokens });

/** A right engine, of which some members are others. */
const around = (
  fault: string,
  caughtBy: string,
  change: (chat: Branching, parts: ChatEngineParts) => Partial<Conversation>,
): ChatEngineMutant => ({
  fault,
  caughtBy,
  create(parts) {
    const chat = open(parts);
    const right: Conversation = {
      chat: (message, options) => chat.chat(message, options),
      streamChat: (message, options) => chat.streamChat(message, options),
      history: () => chat.history(),
      reset: () => chat.reset(),
      turns: () => chat.turns(),
      goTo: (turnId) => chat.goTo(turnId),
    };
    return { ...right, ...change(chat, parts) };
  },
});

/** A right engine whose history has more in it than it should. */
const keeping = (
  fault: string,
  caughtBy: string,
  change: (chat: Conversation, keep: (message: string) => void) => Partial<Conversation>,
): ChatEngineMutant =>
  around(fault, caughtBy, (chat) => {
    const extra: ChatMessage[] = [];
    return {
      history: async () => [...(await chat.history()), ...extra],
      ...change(chat, (content) => extra.push({ role: 'user', content })),
    };
  });

/** A right engine of other parts. */
const of = (
  fault: string,
  caughtBy: string,
  change: (parts: ChatEngineParts) => ChatEngineParts,
): ChatEngineMutant => ({ fault, caughtBy, create: (parts) => open(change(parts)) });

/** The last answer of each conversation, by its store. */
const answers = new WeakMap<object, QueryResponse>();

/** Broken chat engines, each with the case that must catch it. */
export const chatEngineMutants: readonly ChatEngineMutant[] = [
  around('tells its history backwards', 'turn.kept', (chat) => ({
    history: async () => (await chat.history()).toReversed(),
  })),
  around('keeps no turn that was streamed', 'turn.kept', (_chat, { llm, retriever }) => ({
    streamChat: (message, options) => open({ llm, retriever }).streamChat(message, options),
  })),
  { fault: 'shows no turn to the model', caughtBy: 'turn.shown', create: (parts) => open(parts, 0) },
  keeping('keeps the message of a turn that failed', 'turn.failed', (chat, keep) => ({
    chat: (message, options) =>
      chat.chat(message, options).catch((error: unknown) => {
        keep(message);
        throw error;
      }),
  })),
  around('has a code of its own for what fails', 'turn.failed', (chat) => ({
    chat: (message, options) =>
      chat.chat(message, options).catch((cause: unknown) => {
        throw new MortiseError('internal', 'The turn failed.', { cause });
      }),
  })),
  keeping('keeps the message of a turn that was aborted', 'turn.aborted', (chat, keep) => ({
    chat: (message, options) => {
      options?.signal?.addEventListener('abort', () => keep(message));
      return chat.chat(message, options);
    },
  })),
  around('waits for a model that nobody waits for any more', 'turn.aborted', (chat) => ({
    chat: (message) => chat.chat(message),
  })),
  keeping('keeps the message of a stream that was left', 'turn.left', (chat, keep) => ({
    streamChat: (message, options) => whenLeft(chat.streamChat(message, options), () => keep(message)),
  })),
  around('begins a stream before it is read', 'turn.lazy', (chat) => ({
    streamChat: (message, options) => {
      const stream = chat.streamChat(message, options);
      stream.final().catch(() => undefined);
      return stream;
    },
  })),
  around('answers two turns at once', 'turn.conflict', (chat, parts) => ({
    chat: (message, options) =>
      chat.chat(message, options).catch((error: unknown) => {
        if (isMortiseError(error) && error.code === 'conflict') return open(parts).chat(message, options);
        throw error;
      }),
  })),
  around('takes a reset while a turn is under way', 'turn.conflict', (chat) => ({
    reset: () => chat.reset().catch(() => undefined),
  })),
  around('makes a question of nothing', 'turn.message', (chat) => ({
    chat: (message, options) => chat.chat(message.trim() === '' ? '?' : message, options),
  })),
  keeping('keeps a turn whose answer has no text', 'turn.empty', (chat, keep) => ({
    chat: (message, options) =>
      chat.chat(message, options).then((response) => {
        if (response.text.trim() === '') keep(message);
        return response;
      }),
  })),
  around('says nothing of a turn that it leaves out', 'turn.empty', (chat) => ({
    chat: (message, options) =>
      chat.chat(message, options).then((response): QueryResponse => ({ ...response, warnings: [] })),
  })),
  around('hands out its own history', 'history.own', (chat) => {
    let own: ChatMessage[] | undefined;
    return {
      chat(message, options) {
        own = undefined;
        return chat.chat(message, options);
      },
      history: async () => (own ??= await chat.history()),
    };
  }),
  around('hands out what JSON cannot hold', 'history.own', (chat) => ({
    history: async () => (await chat.history()).map((message) => ({ ...message, at: new Date(0) })),
  })),
  around('forgets nothing on reset', 'history.reset', () => ({ reset: async () => undefined })),
  around('hides what it should forget', 'history.reset', (chat) => {
    let hidden = 0;
    return {
      history: async () => (await chat.history()).slice(hidden),
      reset: async () => void (hidden = (await chat.history()).length),
    };
  }),
  of('begins anew', 'history.messages', ({ messages: _messages, ...parts }) => parts),
  around("writes into its caller's messages", 'history.messages', (chat, { messages = [] }) => ({
    chat(message, options) {
      (messages as ChatMessage[]).push({ role: 'user', content: message });
      return chat.chat(message, options);
    },
  })),
  of('keeps nothing in its store', 'store.kept', ({ persist: _persist, ...parts }) => parts),
  of('leaves the store as it is on reset', 'store.kept', (parts) =>
    storing(parts, () => ({ delete: async () => undefined })),
  ),
  of('takes what its store refused for kept', 'store.failing', (parts) =>
    storing(parts, (store) => ({
      compareAndSet: async (...args) => (await store.compareAndSet?.(...args).catch(() => true)) ?? true,
    })),
  ),
  around('knows no parents', 'branch.turns', (chat) => ({
    turns: async () => (await chat.turns()).map((turn) => ({ ...turn, parent: null })),
  })),
  around('hands out its own turns', 'branch.turns', (chat) => {
    let own: readonly ConversationTurnLike[] = [];
    return {
      turns: async () => (own = await chat.turns()),
      history: async () => (own.length === 0 ? chat.history() : own.flatMap(({ messages }) => messages)),
    };
  }),
  around('answers an edited message after the others', 'branch.edits', (chat) => ({
    chat: (message, { edits: _edits, ...options } = {}) => chat.chat(message, options),
  })),
  around('goes to no turn', 'branch.go-to', (chat) => ({
    goTo: async (turnId) => {
      const known = (await chat.turns()).some(({ id }) => id === turnId);
      if (!known) await chat.goTo(turnId);
    },
  })),
  around('takes an unknown turn for the last one', 'branch.unknown', (chat) => ({
    goTo: (turnId) => chat.goTo(turnId).catch(() => undefined),
  })),
  around('forgets a turn before it is answered anew', 'branch.failed', (chat) => ({
    async chat(message, { edits, ...options } = {}) {
      if (edits !== undefined) await chat.reset();
      return chat.chat(message, options);
    },
  })),
  around('lets the last to write win', 'store.two', (chat) => ({
    chat: (message, options) =>
      chat.chat(message, options).catch(async (error: unknown) => {
        if (!isMortiseError(error, 'conflict') || error.partial === undefined) throw error;
        const { metadata } = error.partial as QueryResponse;
        await chat.goTo(metadata['turnId'] as string);
        return error.partial as QueryResponse;
      }),
  })),
  around('loses the turn of the one that was late', 'store.two', (chat) => ({
    turns: async () => (await chat.turns()).filter(({ current }) => current),
  })),
  approving('takes a message while a turn waits', 'approval.waits', (chat) => ({
    async chat(message) {
      if ((await chat.pending()) !== undefined) await chat.discard();
      return chat.chat(message);
    },
  })),
  approving('says that nothing waits', 'approval.waits', () => ({ pending: async () => undefined })),
  approving('runs what was not asked about', 'approval.waits', (_chat, { tool }) => ({
    pending: async () => void tool?.execute(),
  })),
  approving('goes on, and runs the tool once more', 'approval.resumed', (chat, { tool }) => ({
    async resume(options) {
      const response = await chat.resume(options);
      tool?.execute();
      return response;
    },
  })),
  approving('goes on with what is over', 'approval.resumed', (chat, { persist }) => ({
    async resume(options) {
      const key = persist?.store ?? chat;
      const response = answers.get(key) ?? (await chat.resume(options));
      answers.set(key, response);
      return response;
    },
  })),
  approving('keeps nothing of a turn that it went on with', 'approval.resumed', (chat) => ({
    async resume(options) {
      const response = await chat.resume(options);
      await chat.reset();
      return response;
    },
  })),
  approving('takes every decision for a yes', 'approval.refused', (chat) => ({
    resume: ({ approvals }) =>
      chat.resume({ approvals: approvals.map((each) => ({ ...each, approved: true })) }),
  })),
  approving('takes any token', 'approval.forged', (chat) => ({
    async resume({ approvals }) {
      const tokens = new Map((await chat.pending())?.approvals.map(({ callId, token }) => [callId, token]));
      const right = approvals.map((each) => ({ ...each, token: tokens.get(each.callId) ?? each.token }));
      return chat.resume({ approvals: right });
    },
  })),
  approving('gives up a turn whose approval was forged', 'approval.forged', (chat) => ({
    resume: (options) =>
      chat.resume(options).catch(async (error: unknown) => {
        await chat.discard();
        throw error;
      }),
  })),
  approving('lets both go on', 'approval.two', (chat, { tool }) => ({
    resume: (options) =>
      chat.resume(options).catch((error: unknown) => {
        if (!isMortiseError(error, 'conflict') && !isMortiseError(error, 'not-found')) throw error;
        tool?.execute();
        return chat.chat('And now?');
      }),
  })),
  approving('gives nothing up', 'approval.discard', () => ({ discard: async () => undefined })),
];

type ApprovingChat = Required<Conversation>;

/** A right engine with the suite's tool, of which some members are others. */
function approving(
  fault: string,
  caughtBy: string,
  change: (chat: ApprovingChat, parts: ChatEngineParts) => Partial<Conversation>,
): ChatEngineMutant {
  return {
    fault,
    caughtBy,
    create(parts) {
      const chat = withApprovals(parts);
      const right: ApprovingChat = {
        chat: (message, options) => chat.chat(message, options),
        streamChat: (message, options) => chat.streamChat(message, options),
        history: () => chat.history(),
        reset: () => chat.reset(),
        turns: () => chat.turns(),
        goTo: (turnId) => chat.goTo(turnId),
        pending: () => chat.pending(),
        resume: (options) => chat.resume(options),
        discard: () => chat.discard(),
      };
      return { ...right, ...change(right, parts) };
    },
  };
}

function whenLeft(stream: ResponseStream, onLeft: () => void): ResponseStream {
  return createResponseStream({
    name: 'mutant',
    async *events() {
      let isWhole = false;
      try {
        for await (const event of stream) {
          isWhole = event.type === 'finish';
          yield event;
        }
      } finally {
        if (!isWhole) onLeft();
      }
    },
  });
}

function storing(
  parts: ChatEngineParts,
  change: (store: KeyValueStore) => Partial<KeyValueStore>,
): ChatEngineParts {
  if (parts.persist === undefined) return parts;
  const { store } = parts.persist;
  const right: KeyValueStore = {
    get: (...args) => store.get(...args),
    set: (...args) => store.set(...args),
    delete: (...args) => store.delete(...args),
    getMany: (...args) => store.getMany(...args),
    setMany: (...args) => store.setMany(...args),
    iterate: (...args) => store.iterate(...args),
    compareAndSet: async (...args) => (await store.compareAndSet?.(...args)) ?? false,
  };
  return { ...parts, persist: { ...parts.persist, store: { ...right, ...change(store) } } };
}
