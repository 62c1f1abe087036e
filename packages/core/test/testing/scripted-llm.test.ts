import { describe, expect, expectTypeOf, it } from 'vitest';
import { MortiseError } from '@mortise/core';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { messageText } from '@mortise/core/llm';

const reset = () => new MortiseError('connection', 'reset by the script');
const scripted = (replies: readonly ScriptedReply[], settings = {}) =>
  new ScriptedLLM({ replies, retry: false, ...settings });

async function read(stream: AsyncIterable<string>): Promise<{ texts: string[]; error: unknown }> {
  const texts: string[] = [];
  try {
    for await (const text of stream) texts.push(text);
    return { texts, error: undefined };
  } catch (error) {
    return { texts, error };
  }
}

describe('ScriptedLLM', () => {
  it('fails in mid-stream, after what came before was read, and does not try again then', async () => {
    const llm = new ScriptedLLM({ replies: [['It is warm', reset()], 'never asked for'], pieceLength: 100 });
    const stream = llm.streamChat('How is it?');
    const { texts, error } = await read(stream.textStream);
    expect(texts).toEqual(['It is warm']);
    expect(error).toMatchObject({
      code: 'connection',
      message: expect.stringContaining('reset by the script'),
    });
    await expect(stream.final()).rejects.toMatchObject({ code: 'connection' });
    expect(llm.requests).toHaveLength(1);
  });

  it('is a connection that was cut: a typed error for streams, and for whole replies', async () => {
    const llm = scripted([
      ['Half of', { type: 'cut' }],
      ['Half of', { type: 'cut' }],
    ]);
    const { texts, error } = await read(llm.streamChat('q').textStream);
    expect(texts.join('')).toBe('Half of');
    expect(error).toMatchObject({ code: 'stream-truncated' });
    await expect(llm.chat('q')).rejects.toMatchObject({ code: 'connection' });
  });

  it('tries again after an error at the beginning, which takes the next reply', async () => {
    const llm = new ScriptedLLM({ replies: [[reset()], 'There.'], retry: { baseDelayMs: 1 } });
    expect((await llm.streamChat('q').final()).text).toBe('There.');
    expect(llm.requests).toHaveLength(2);
  });

  it('waits as long as it says, and the time bounds of the call hold meanwhile', async () => {
    const llm = scripted([['a', { type: 'wait', ms: 20 }, 'b'], ['a', { type: 'wait', ms: 60_000 }], ['c']]);
    const began = performance.now();
    expect((await llm.chat('q')).text).toBe('ab');
    expect(performance.now() - began).toBeGreaterThan(15);
    await expect(llm.chat('q', { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('C-01: is left in the middle of a wait with the reason of the signal', async () => {
    const llm = scripted([['a', { type: 'wait', ms: 60_000 }]]);
    const controller = new AbortController();
    const stream = llm.streamChat('q', { signal: controller.signal });
    const reading = (async () => {
      for await (const _text of stream.textStream) controller.abort('enough');
    })();
    await expect(reading).rejects.toBe('enough');
    await expect(stream.final()).rejects.toBe('enough');
  });

  it('calls tools by name and arguments, with ids of their own', async () => {
    const call = { type: 'tool-call', name: 'weather', arguments: { city: 'Lisbon' } } as const;
    const llm = scripted([
      ['I look.', call, { ...call, id: 'mine' }, { type: 'tool-call', name: 'now' }],
      [call],
    ]);
    const whole = await llm.chat('q');
    expect(whole.finishReason.unified).toBe('tool-calls');
    expect(whole.toolCalls).toMatchObject([
      { id: 'call-2', name: 'weather', arguments: { city: 'Lisbon' } },
      { id: 'mine', name: 'weather' },
      { id: 'call-4', name: 'now', arguments: {} },
    ]);
    const streamed = await llm.streamChat('q').final();
    expect(streamed.toolCalls).toMatchObject([{ id: 'call-1', arguments: { city: 'Lisbon' } }]);
  });

  it('says the same whole and streamed', async () => {
    const reply: ScriptedReply = [
      { type: 'reasoning', text: 'Let me think.' },
      'One ',
      { type: 'wait', ms: 0 },
      'text.',
      { type: 'tool-call', name: 'now' },
      'Another.',
    ];
    const settings = { usage: { inputTokens: 3, outputTokens: 5 } };
    const whole = await scripted([reply], settings).chat('q');
    const streamed = await scripted([reply], settings).streamChat('q').final();
    expect(streamed).toEqual(whole);
    expect(whole.message.content).toMatchObject([
      { type: 'reasoning' },
      { type: 'text', text: 'One text.' },
      { type: 'tool-call' },
      { type: 'text', text: 'Another.' },
    ]);
  });

  it('still takes texts, blocks, replies, errors and functions, and says when it has no more', async () => {
    const llm = scripted([
      'text',
      [{ type: 'text', text: 'block' }],
      { content: [{ type: 'text', text: 'cut short' }], finishReason: { unified: 'length', raw: 'max' } },
      ({ messages }) => `You said ${messageText(messages[0]!)}`,
      async () => ['parts of ', 'a function'],
      new MortiseError('permission', 'no'),
    ]);
    for (const text of ['text', 'block', 'cut short', 'You said q', 'parts of a function'])
      expect((await llm.chat('q')).text).toBe(text);
    await expect(llm.chat('q')).rejects.toMatchObject({ code: 'permission' });
    await expect(llm.chat('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('6 replies; this is request 7'),
    });
  });

  it('refuses parts that it cannot play, by their place', async () => {
    for (const [part, why] of [
      [undefined, 'neither a text'],
      [{ text: 'no type' }, 'neither a text'],
      [{ type: 'wait', ms: Number.NaN }, 'waits for no number'],
      [{ type: 'wait', ms: -1 }, 'waits for no number'],
      [{ type: 'tool-call' }, 'without a name'],
    ] as const)
      await expect(scripted([['a', part as never]]).chat('q')).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringMatching(new RegExp(`Part 2 .*${why}`)),
      });
    expectTypeOf<['a', { type: 'wait'; ms: 1 }, Error]>().toExtend<ScriptedReply>();
  });
});
