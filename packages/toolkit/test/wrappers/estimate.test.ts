import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { estimateInputTokens, type ContentBlock } from '@mortise/core';
import { tool } from '@mortise/toolkit';

describe('estimateInputTokens', () => {
  it('counts of a tool what the model is told, whatever its validator is made of', () => {
    const Tree = z.object({
      name: z.string(),
      get children() {
        return z.array(Tree);
      },
    });
    const grow = tool({ name: 'grow', description: 'Grows', parameters: Tree, execute: () => 'ok' });
    const { name, description, parameters } = grow;
    const told = estimateInputTokens('hi', { tools: [{ name, description, parameters }] });
    expect(estimateInputTokens('hi', { tools: [grow] })).toBe(told);
  });

  it('counts media by what models count for them and not by their bytes, in tool results too', () => {
    const source = { data: 'A'.repeat(400_000), mediaType: 'image/png' };
    const bytes = { data: new Uint8Array(400_000), mediaType: 'application/pdf' };
    const blocks: ContentBlock[] = [
      { type: 'image', source },
      { type: 'document', source: bytes },
      { type: 'audio', source },
      { type: 'tool-result', toolCallId: '1', content: [{ type: 'image', source }] },
    ];
    expect(estimateInputTokens([{ role: 'user', content: blocks }])).toBe(4 + 4 * 1600);
    const text: ContentBlock = { type: 'document', source: { text: 'A'.repeat(4000) } };
    expect(estimateInputTokens([{ role: 'user', content: [text] }])).toBeGreaterThan(1000);
  });
});
