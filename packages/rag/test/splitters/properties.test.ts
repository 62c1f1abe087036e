import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDocument, nodeText } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter } from '@mortise/core/transform';
import {
  HierarchicalSplitter,
  leafNodes,
  MarkdownSplitter,
  SentenceSplitter,
  TokenSplitter,
} from '@mortise/rag';
import { anySettings, anyText } from './arbitrary.ts';

interface Settings {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;
  readonly overlap: number;
}

const splitters: Record<string, (settings: Settings) => NodeSplitter> = {
  'SentenceSplitter, text': (settings) => new SentenceSplitter({ ...settings, format: 'text' }),
  'SentenceSplitter, Markdown': (settings) => new SentenceSplitter({ ...settings, format: 'markdown' }),
  TokenSplitter: (settings) => new TokenSplitter(settings),
  MarkdownSplitter: (settings) => new MarkdownSplitter({ ...settings, level: 1 + (settings.overlap % 6) }),
  HierarchicalSplitter: ({ tokenizer, maxTokens, overlap }) =>
    new HierarchicalSplitter({
      tokenizer,
      sizes: [2 * maxTokens, maxTokens],
      overlap,
      format: overlap % 2 === 0 ? 'markdown' : 'text',
    }),
};

describe.each(Object.entries(splitters))('%s', (_name, create) => {
  it('X-01: no chunk is above its limit, whatever counts and whatever the text', () => {
    fc.assert(
      fc.property(anyText, anySettings, fc.string({ maxLength: 12 }), (text, settings, note) => {
        const splitter = create(settings);
        const node = createDocument({
          id: 'd',
          text,
          metadata: { note },
          excludedEmbedMetadataKeys: ['note'],
        });
        for (const chunk of splitter.split(node))
          for (const mode of ['embed', 'llm'] as const)
            expect(settings.tokenizer.count(nodeText(chunk, mode))).toBeLessThanOrEqual(splitter.maxTokens);
      }),
      { numRuns: 150 },
    );
  });

  it('X-02: offsets are exact, and the chunks with their overlaps cover all but white space', () => {
    fc.assert(
      fc.property(anyText, anySettings, (text, settings) => {
        const chunks = create(settings).split(createDocument({ id: 'd', text }));
        for (const { text: piece, start = -1, end = -1 } of chunks) {
          expect(text.slice(start, end)).toBe(piece);
          expect(piece).toBe(piece.trim());
        }
        let covered = 0;
        let last = -1;
        for (const { start = -1, end = -1 } of leafNodes(chunks)) {
          expect(start).toBeGreaterThan(last);
          expect(text.slice(covered, Math.max(covered, start)).trim()).toBe('');
          [covered, last] = [Math.max(covered, end), start];
        }
        expect(text.slice(covered).trim()).toBe('');
      }),
      { numRuns: 150 },
    );
  });
});

describe.each(['SentenceSplitter, text', 'TokenSplitter'])('%s', (name) => {
  it('repeats no more tokens than it may', () => {
    fc.assert(
      fc.property(anyText, anySettings, (text, settings) => {
        const chunks = splitters[name]!(settings).split(createDocument({ id: 'd', text }));
        for (const [at, { start = 0 }] of chunks.entries()) {
          const before = chunks[at - 1]?.end ?? 0;
          if (start < before)
            expect(settings.tokenizer.count(text.slice(start, before))).toBeLessThanOrEqual(settings.overlap);
        }
      }),
      { numRuns: 150 },
    );
  });
});
