import { describe, expect, it } from 'vitest';
import { subscribe } from '@mortise/core/events';
import { createTextNode } from '@mortise/core/retriever';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStreamEvent,
} from '@mortise/core/synthesizer';

const sources = [{ node: createTextNode({ id: 'a', text: 'A' }), score: 1 }];
const citation = { number: 1, start: 3, end: 6, nodeId: 'a' };
const response: QueryResponse = {
  text: 'Yes[1]',
  sources,
  citations: [citation],
  outcome: 'answered',
  warnings: [],
  metadata: {},
};

async function* answer(): AsyncGenerator<ResponseStreamEvent> {
  yield { type: 'sources', sources };
  yield { type: 'text-delta', delta: 'Yes' };
  yield { type: 'text-delta', delta: '[1]' };
  yield { type: 'citation', citation };
  yield { type: 'finish', response };
}

/** Says one word and falls silent, deaf to its signal. */
async function* stalled(): AsyncGenerator<ResponseStreamEvent> {
  yield { type: 'text-delta', delta: 'Yes' };
  await new Promise(() => undefined);
}

async function* failing(): AsyncGenerator<ResponseStreamEvent> {
  throw new Error('x');
}

const stream = (events = answer, signal?: AbortSignal) =>
  createResponseStream({ name: 'query', events, signal });

describe('createResponseStream', () => {
  it('hands on the events in order, and final() gives the response', async () => {
    const one = stream();
    const types: string[] = [];
    for await (const { type } of one) types.push(type);
    expect(types).toEqual(['sources', 'text-delta', 'text-delta', 'citation', 'finish']);
    expect(await one.final()).toBe(response);
    expect(one.partial).toEqual({ text: 'Yes[1]', sources, citations: [citation] });
  });

  it('textStream and toReadableStream give the same', async () => {
    let text = '';
    for await (const delta of stream().textStream) text += delta;
    expect(text).toBe('Yes[1]');
    const types: string[] = [];
    const reader = stream().toReadableStream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) types.push(next.value.type);
    expect(types.at(-1)).toBe('finish');
  });

  it('L-05: nothing happens before the first read, and a second reader is refused', async () => {
    let started = 0;
    const one = stream(() => ((started += 1), answer()));
    expect(started).toBe(0);
    await one.final();
    expect(started).toBe(1);
    expect(() => one[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('L-06: leaving a stalled stream settles at once; final() then rejects with aborted and what had arrived', async () => {
    let seen: AbortSignal | undefined;
    const one = createResponseStream({ name: 'query', events: ({ signal }) => ((seen = signal), stalled()) });
    const iterator = one[Symbol.asyncIterator]();
    await iterator.next();
    const pending = iterator.next();
    await one.cancel();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(seen?.aborted).toBe(true);
    await expect(one.final()).rejects.toMatchObject({ code: 'aborted', partial: { text: 'Yes' } });
  });

  it('C-01: an abort rejects with exactly the reason', async () => {
    const controller = new AbortController();
    const one = stream(stalled, controller.signal);
    setTimeout(() => controller.abort('stop'), 5);
    await expect(one.final()).rejects.toBe('stop');
    await expect(stream(answer, AbortSignal.abort('early')).final()).rejects.toBe('early');
  });

  it('E-01: a source that ends without finish is stream-truncated, with partial', async () => {
    const cut = stream(async function* () {
      yield { type: 'text-delta', delta: 'Ye' } as const;
    });
    await expect(cut.final()).rejects.toMatchObject({ code: 'stream-truncated', partial: { text: 'Ye' } });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['success', () => stream().final(), 'end'],
    ['failure', () => stream(failing).final(), 'error'],
    [
      'an early leave',
      async () => {
        for await (const _event of stream()) break;
      },
      'error',
    ],
    ['abort', () => stream(answer, AbortSignal.abort('x')).final(), 'error'],
  ])('V-01: the span ends once under %s', async (_how, run, phase) => {
    const phases: string[] = [];
    const stop = subscribe((event) => phases.push(event.phase));
    await run().catch(() => undefined);
    stop();
    expect(phases).toEqual(['start', phase]);
  });
});
