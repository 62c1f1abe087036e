import { splitterConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { HierarchicalSplitter, MarkdownSplitter, SentenceSplitter, TokenSplitter } from '@mortise/rag';

const FLAT = 'Its chunks are of one size.';

export function wireSplitters(functions: TestFunctions): ConformanceResults[] {
  return [
    splitterConformance(functions, {
      name: 'sentence',
      create: (settings) => new SentenceSplitter(settings),
      declares: ['headings'],
      reasons: { hierarchy: FLAT },
    }),
    splitterConformance(functions, {
      name: 'token',
      create: (settings) => new TokenSplitter(settings),
      declares: [],
      reasons: { headings: 'It fills its chunks wherever headings stand.', hierarchy: FLAT },
    }),
    splitterConformance(functions, {
      name: 'markdown',
      create: (settings) => new MarkdownSplitter(settings),
      declares: ['headings'],
      reasons: { hierarchy: FLAT },
    }),
    splitterConformance(functions, {
      name: 'hierarchical',
      create: ({ tokenizer, maxTokens }) =>
        new HierarchicalSplitter({
          tokenizer,
          sizes: [maxTokens, Math.ceil(maxTokens * 0.8), Math.ceil(maxTokens * 0.6)],
        }),
      declares: ['headings', 'hierarchy'],
    }),
  ];
}
