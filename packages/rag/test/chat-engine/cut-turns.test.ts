import { describe, expect, it } from 'vitest';
import { messageText, MortiseError, toolCallBlock } from '@mortise/core';
import { MemoryKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { createToolsChatEngine, type ChatEngine, type ChatPersistence } from '@mortise/rag';
import { tool } from '@mortise/toolkit';

const call = (id: string) => toolCallBlock(id, 'mail', '{}');
const text = (words: string) => ({ type: 'text' as const, text: words });
const failure = new MortiseError('overloaded', 'Busy.');
const never = () => new Promise<never>(() => undefined);

/** Keys of idempotency of the letters that were sent. */
type Sent = string[];

function open(
  store: KeyValueStore | undefined,
  replies: readonly ScriptedReply[],
  sent: Sent = [],
): ChatEngine {
  const llm = new ScriptedLLM({ replies, retry: false });
  const mail = tool({
    name: 'mail',
    description: 'Sends a letter.',
    parameters: { type: 'object' },
    execute: (_args, { idempotencyKey }) => `letter ${sent.push(idempotencyKey)}`,
  });
  const persist: ChatPersistence | undefined = store && { store, key: 'c' };
  return createToolsChatEngine({ llm, tools: [mail] }, { persist });
}

/** A store whose conditional writes are made by `write`. */
function writing(
  store: KeyValueStore,
  write: (now: () => Promise<boolean>) => Promise<boolean>,
): KeyValueStore {
  return {
    get: store.get.bind(store),
    set: store.set.bind(store),
    delete: store.delete.bind(store),
    getMany: store.getMany.bind(store),
    setMany: store.setMany.bind(store),
    iterate: store.iterate.bind(store),
    compareAndSet: (...args) => write(() => store.compareAndSet!(...args)),
  };
}

/** A store that counts what is written, and dies with the write after `most`, which never ends. */
function dying(
  store: KeyValueStore,
  most = Infinity,
): KeyValueStore & { writes: number; died: Promise<void> } {
  const { promise: died, resolve: die } = deferred<void>();
  const dead = writing(store, (now) => {
    if (counted.writes++ < most) return now();
    die();
    return never();
  });
  const counted = { ...dead, writes: 0, died };
  return counted;
}

/** A store that others wait for. */
function slow(store: KeyValueStore): KeyValueStore {
  return writing(store, async (now) => (await new Promise((resolve) => setTimeout(resolve, 3)), now()));
}

/** A reply that comes when it is told to. */
function gate(): { reply: ScriptedReply; asked: Promise<void>; open: (reply: ScriptedReply) => void } {
  const { promise: asked, resolve: ask } = deferred<void>();
  const { promise: opened, resolve: open } = deferred<ScriptedReply>();
  return { reply: () => (ask(), opened), asked, open };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

const roles = async (chat: ChatEngine) => (await chat.history()).map(({ role }) => role);
const WHOLE = ['user', 'assistant', 'tool', 'assistant', 'tool', 'assistant'];
const letters = (): ScriptedReply[] => [[text('Two.'), call('a'), call('b')], [call('c')], 'All are sent.'];
const TURN_WRITES = 6;

describe('a turn that calls tools, where its conversation is kept', () => {
  it('is kept with its calls before they run and with each result, and costs one write where it has none', async () => {
    const store = dying(new MemoryKeyValueStore());
    const chat = open(store, [...letters(), 'You are welcome.']);
    await chat.chat('Write them.');
    expect(store.writes).toBe(TURN_WRITES);
    await chat.chat('Thanks.');
    expect(store.writes).toBe(TURN_WRITES + 1);
  });

  it.each(Array.from({ length: TURN_WRITES }, (_, at) => at))(
    'loses nothing to a kill after %i writes: another process goes on, and each letter has one key',
    async (writes) => {
      const disk = new MemoryKeyValueStore();
      const sent: Sent = [];
      const replies = letters();
      const killed = dying(disk, writes);
      void open(killed, replies, sent).chat('Write them.');
      await killed.died;
      // What was asked of the model and is in no store is asked again.
      const next = open(disk, letters().slice(writes === 0 ? 0 : writes < 4 ? 1 : 2), sent);
      const pending = await next.pending();
      expect(pending).toEqual(
        writes === 0 ? undefined : expect.objectContaining({ message: 'Write them.', approvals: [] }),
      );
      if (writes > 0) await expect(next.chat('And now?')).rejects.toMatchObject({ code: 'conflict' });
      const answer = await (writes === 0 ? next.chat('Write them.') : next.resume());
      expect(answer.text).toContain('All are sent.');
      expect(new Set(sent).size).toBe(3);
      expect(await roles(next)).toEqual(WHOLE);
      expect(await next.pending()).toBeUndefined();
    },
  );

  it('waits after a failure, an abort and a reader who leaves, with the words that had come', async () => {
    for (const how of ['failure', 'abort', 'leave']) {
      const store = slow(new MemoryKeyValueStore());
      const sent: Sent = [];
      const last: ScriptedReply = how === 'failure' ? failure : 'All is said and done.';
      const chat = open(store, [[call('a')], last, 'All done.'], sent);
      const controller = new AbortController();
      const stream = chat.streamChat('Write.', { signal: controller.signal });
      const reading = (async () => {
        for await (const event of stream) {
          if (event.type !== 'text-delta') continue;
          if (how === 'leave') break;
          controller.abort('stopped');
        }
      })();
      if (how === 'failure') await expect(reading).rejects.toMatchObject({ code: 'overloaded' });
      else if (how === 'abort') await expect(reading).rejects.toBe('stopped');
      else await reading;
      expect(await chat.history()).toEqual([]);
      const { messages, approvals } = (await chat.pending())!;
      expect(approvals).toEqual([]);
      expect(messages.map(({ role }) => role)).toEqual(
        how === 'failure' ? ['user', 'assistant', 'tool'] : ['user', 'assistant', 'tool', 'assistant'],
      );
      if (how !== 'failure') expect(messageText(messages[3]!)).toMatch(/^All/);
      expect((await chat.resume()).text).toBe('All done.');
      expect(sent).toHaveLength(1);
      expect(await roles(chat)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    }
  });

  it('H-04: is settled as it is: in the history with its words, calls without a result said to have none', async () => {
    const store = new MemoryKeyValueStore();
    const killed = dying(store, 2);
    void open(killed, [[call('a'), call('b')]]).chat('Write.');
    await killed.died;
    const next = open(store, ['Well.']);
    await next.settle();
    expect(await next.pending()).toBeUndefined();
    const [, , results] = await next.history();
    expect(results!.content).toMatchObject([
      { toolCallId: 'a', content: 'letter 1' },
      { toolCallId: 'b', isError: true, content: expect.stringContaining('may have been run') },
    ]);
    await next.chat('And now?');
    expect(await roles(next)).toEqual(['user', 'assistant', 'tool', 'user', 'assistant']);
    await next.settle();
    expect(await next.turns()).toHaveLength(2);
  });

  it('is refused before its tools run where another one has begun with its own, and never writes over it', async () => {
    const store = new MemoryKeyValueStore();
    const sent: Sent = [];
    const slow = gate();
    const late = open(store, [slow.reply], sent);
    const refused = late.chat('Late?');
    refused.catch(() => undefined);
    await slow.asked;
    const next = gate();
    const early = open(store, [[call('a')], next.reply]).chat('Early?');
    early.catch(() => undefined);
    await next.asked;
    slow.open([call('x')]);
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect(sent).toEqual([]);
    // Given up by somebody, and another one waits that was changed as often.
    await late.discard();
    const other = open(store, [[call('o')], failure]);
    await expect(other.chat('Other?')).rejects.toMatchObject({ code: 'overloaded' });
    next.open([call('b')]);
    await expect(early).rejects.toMatchObject({ code: 'conflict' });
    expect((await late.pending())?.message).toBe('Other?');
  });

  it('is gone on with by one of two at once, before the other runs a tool, also with an empty list of approvals', async () => {
    for (const options of [{}, { approvals: [] }]) {
      const store = new MemoryKeyValueStore();
      const killed = dying(store, 1);
      void open(killed, [[call('a')]]).chat('Write.');
      await killed.died;
      const sent: Sent = [];
      const both = [open(store, ['Sent.'], sent), open(store, ['Sent.'], sent)];
      const outcomes = await Promise.allSettled(both.map((chat) => chat.resume(options)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(sent).toHaveLength(1);
    }
  });

  it('H-06: ends beside, with conflict, where it was given up or somebody else was faster', async () => {
    for (const how of ['discard', 'reset'] as const) {
      const store = new MemoryKeyValueStore();
      const chat = open(store, [[call('a')], async () => (await open(store, [])[how](), 'Sent.')]);
      await expect(chat.chat('Write.')).rejects.toMatchObject({
        code: 'conflict',
        partial: { text: 'Sent.' },
      });
      expect(await chat.history()).toEqual([]);
      expect((await chat.turns()).map(({ current }) => current)).toEqual([false]);
    }
  });
});

describe('a turn that called no tool', () => {
  it('H-01: is forgotten by the next message where it failed, and may be gone on with before', async () => {
    const store = new MemoryKeyValueStore();
    const chat = open(store, [failure, 'Now.', failure, 'Next.', failure]);
    await expect(chat.chat('One?')).rejects.toMatchObject({ code: 'overloaded' });
    expect(await chat.pending()).toEqual({
      message: 'One?',
      approvals: [],
      messages: [{ role: 'user', content: 'One?' }],
    });
    expect((await chat.resume()).text).toBe('Now.');
    await expect(chat.chat('Two?')).rejects.toMatchObject({ code: 'overloaded' });
    await chat.chat('Three?');
    expect(await chat.pending()).toBeUndefined();
    expect(await roles(chat)).toEqual(['user', 'assistant', 'user', 'assistant']);
    // Nothing was answered, so nothing is settled.
    await expect(chat.chat('Four?')).rejects.toMatchObject({ code: 'overloaded' });
    await chat.settle();
    expect(await chat.pending()).toBeUndefined();
    expect(await chat.turns()).toHaveLength(2);
  });

  it('does not come back after a reset', async () => {
    const store = new MemoryKeyValueStore();
    const chat = open(store, ['One of many words.']);
    const stream = chat.streamChat('One?');
    for await (const event of stream) if (event.type === 'text-delta') break;
    await chat.reset();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await store.get('c')).toBeUndefined();
  });

  it('is not kept in memory, where no process comes after this one', async () => {
    const chat = open(undefined, [[call('a')], failure, 'Next.']);
    await expect(chat.chat('One?')).rejects.toMatchObject({ code: 'overloaded' });
    expect(await chat.pending()).toBeUndefined();
    expect((await chat.chat('Two?')).text).toBe('Next.');
  });
});
