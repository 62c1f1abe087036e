import { ScriptedLLM } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import { runTools, streamTools, tool, type PartialToolsResult } from '@mortise/toolkit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const look = tool({ name: 'look', description: 'x', parameters: z.object({}), execute: () => 'sunny' });
const Weather = z.object({ sky: z.string(), at: z.string().transform((text) => new Date(text)) });
const right = toolCallBlock('z', 'answer', '{"sky": "clear", "at": "2026-01-01"}');
const lookup = toolCallBlock('a', 'look', '{}');

describe('output of runTools', () => {
  it('is the typed answer, given by a tool of its own beside the others', async () => {
    const llm = new ScriptedLLM({ replies: [[lookup], [right]] });
    const result = await runTools(llm, 'x', { tools: [look], output: Weather });
    expectTypeOf(result.output).toEqualTypeOf<{ sky: string; at: Date } | undefined>();
    if (result.ended === 'answer') expectTypeOf(result.output).toEqualTypeOf<{ sky: string; at: Date }>();
    expect(result).toMatchObject({ ended: 'answer', output: { sky: 'clear', at: new Date('2026-01-01') } });
    expect(llm.requests.map(({ tools }) => tools?.map(({ name }) => name))).toEqual([
      ['look', 'answer'],
      ['look', 'answer'],
    ]);
    expect(result.messages.at(-1)).toMatchObject({
      content: [{ toolCallId: 'z', content: 'The answer was taken.' }],
    });
    const plain = await runTools(new ScriptedLLM({ replies: ['ok'] }), 'x', { tools: [look] });
    expectTypeOf(plain.output).toEqualTypeOf<undefined>();
  });

  it('goes back to the model where it does not fit', async () => {
    const wrong = toolCallBlock('y', 'answer', '{"sky": 1}');
    const llm = new ScriptedLLM({ replies: [[wrong], [right]] });
    const { output, steps } = await runTools(llm, 'x', { tools: [look], output: Weather });
    expect(output).toMatchObject({ sky: 'clear' });
    expect(steps[0]?.results).toMatchObject([{ isError: true, content: /^The arguments are invalid: sky/ }]);
  });

  it('is asked for once more where the model answers in words, and then by force', async () => {
    const llm = new ScriptedLLM({ replies: ['It is clear.', [right]] });
    const { output, messages } = await runTools(llm, 'x', { tools: [look], output: Weather });
    expect(output).toMatchObject({ sky: 'clear' });
    expect(llm.requests[1]?.toolChoice).toEqual({ tool: 'answer' });
    expect(messages[2]).toEqual({
      role: 'user',
      content: 'Give the answer by calling answer, with the whole answer as its arguments.',
    });
    const stubborn = runTools(new ScriptedLLM({ replies: () => 'No.' }), 'x', {
      tools: [],
      output: Weather,
    });
    await expect(stubborn).rejects.toMatchObject({ code: 'validation', partial: { text: 'No.' } });
  });

  it('may be of any type, has the last step, and nobody approves it', async () => {
    const llm = new ScriptedLLM({ replies: [[toolCallBlock('z', 'answer', '{"value": ["a"]}')]] });
    const { output } = await runTools(llm, 'x', {
      ...{ tools: [look], output: z.array(z.string()), maxSteps: 1 },
      approve: () => expect.fail('it was asked'),
    });
    expect(output).toEqual(['a']);
    const wrong = new ScriptedLLM({ replies: () => [toolCallBlock('z', 'answer', '{}')] });
    const run = runTools(wrong, 'x', { tools: [look], output: Weather, maxSteps: 1 });
    await expect(run).rejects.toMatchObject({ code: 'max-steps' });
  });

  it('can be called where the choice of tools is a few of them', async () => {
    const llm = new ScriptedLLM({
      replies: [[right]],
      metadata: { capabilities: { allowedTools: true } },
    });
    const options = { tools: [look], output: Weather, toolChoice: { tools: ['look'] } };
    expect((await runTools(llm, 'x', options)).output).toMatchObject({ sky: 'clear' });
    expect(llm.requests[0]?.toolChoice).toEqual({ tools: ['look', 'answer'] });
  });

  it('is there again in a run that goes on from its end, and of a stream', async () => {
    const stream = streamTools(new ScriptedLLM({ replies: [[right]] }), 'x', { tools: [], output: Weather });
    const { state, output } = await stream.final();
    const again = await runTools(new ScriptedLLM({ replies: [] }), state, { tools: [], output: Weather });
    expect(again.output).toEqual(output);
    const words = runTools(new ScriptedLLM({ replies: ['a', new Error('down')] }), 'x', {
      tools: [],
      output: Weather,
    });
    const { partial } = (await words.catch((error: unknown) => error)) as { partial: PartialToolsResult };
    expect(partial.state.reminded).toBe(true);
  });

  it('has a name that no tool has', async () => {
    const answer = { ...look, name: 'answer' };
    const llm = new ScriptedLLM({ replies: [[{ ...right, name: 'report' }]] });
    const options = { tools: [answer], output: Weather };
    await expect(runTools(llm, 'x', options)).rejects.toMatchObject({ code: 'configuration' });
    const { output } = await runTools(llm, 'x', { ...options, outputName: 'report' });
    expect(output).toMatchObject({ sky: 'clear' });
  });
});
