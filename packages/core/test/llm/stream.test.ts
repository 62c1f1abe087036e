import { describe, expect, it } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';

describe('ChatStream', () => {
  it('L-04 final() deep-equals chat()', async () => {
    const llm = new ScriptedLLM({ replies: () => 'Hello, world. How are you?', usage: { inputTokens: 3, outputTokens: 4 } });
    const stream = llm.streamChat('Hi');
    let text = '';
    for await (const piece of stream.textStream) text += piece;
    const final = await stream.final();
    expect(final).toEqual(await llm.chat('Hi'));
    expect(text).toBe(final.text);
  });
});
