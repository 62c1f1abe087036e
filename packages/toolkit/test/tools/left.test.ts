import { toolCallBlock } from '@mortise/core';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import { ScriptedLLM } from '@mortise/core/testing';
import { jsonSchema, streamTools, tool } from '@mortise/toolkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let events: MortiseEvent[] = [];
let stop: () => void;
beforeEach(() => {
  events = [];
  stop = subscribe((event) => void events.push(event));
});
afterEach(() => stop());

let onBegin: () => void = () => undefined;
const waits = tool({
  ...{ name: 'wait', description: 'Waits.', parameters: jsonSchema({ type: 'object' }) },
  execute: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      onBegin();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
});

const ended = (): Record<string, unknown> =>
  Object.fromEntries(
    events
      .filter(({ phase }) => phase === 'error')
      .map(({ name, attributes }) => [name, attributes['left'] === true]),
  );

describe('a run that its reader left', () => {
  it('says so, and so does the tool that ran', async () => {
    const llm = new ScriptedLLM({ replies: () => [toolCallBlock('c1', 'wait', '{}')] });
    const run = streamTools(llm, 'wait', { tools: [waits] });
    onBegin = () => void run.cancel();
    for await (const event of run) expect(event.type).not.toBe('tool-end');
    await expect.poll(ended).toEqual({ 'run-tools': true, 'run-tools.step': true, 'tool.execute': true });
  });

  it('says so, and so does the model that spoke', async () => {
    const llm = new ScriptedLLM({ replies: () => 'a long answer of many words' });
    for await (const event of streamTools(llm, 'speak', { tools: [waits] }))
      if (event.type === 'stream') break;
    await expect.poll(ended).toEqual({ 'run-tools': true, 'run-tools.step': true, 'llm.chat': true });
  });

  it('is another thing than one that its caller aborted', async () => {
    const llm = new ScriptedLLM({ replies: () => [toolCallBlock('c1', 'wait', '{}')] });
    const controller = new AbortController();
    onBegin = () => controller.abort(new Error('mine'));
    const run = streamTools(llm, 'wait', { tools: [waits], signal: controller.signal });
    await expect(run.final()).rejects.toThrow('mine');
    await expect.poll(ended).toEqual({ 'run-tools': false, 'run-tools.step': false, 'tool.execute': false });
  });
});
