import { createDocument, type Node } from '@mortise/core';
import { HashEmbedding } from '@mortise/core/testing';
import * as rag from '@mortise/rag';
import { formatTargets } from './formats.ts';
import { call, fuzz, type Target } from './fuzz.ts';
import { vectorNode } from './parts.ts';
import { answers } from './rag-answers.ts';
import { evaluation, ingestion, readers } from './rag-ingestion.ts';
import { postprocessors, retrievers, selectors } from './rag-finding.ts';
import { documentTargets, vectorTargets } from './stores-parts.ts';

const nodes = (): Node[] => [
  createDocument({ id: 'd', text: '# Tea\n\nBoil water. Wait.\n\n## Milk\n\nNone.', metadata: { a: 1 } }),
  vectorNode('a'),
];
const bytes = (text: string) => () => new TextEncoder().encode(text);

interface Splits {
  transform(nodes: readonly Node[], options?: object): Promise<Node[]>;
}
function splitterTargets<O>(name: string, make: (options: O) => Splits, own: () => O): Target[] {
  return [
    call(
      `${name}.transform`,
      () => [own(), nodes(), { signal: new AbortController().signal }] as [O, Node[], object],
      (options, given, asked) => make(options).transform(given, asked),
    ),
  ];
}
const size = () => ({ maxTokens: 20, overlap: 2 });

fuzz('packages/rag', [
  ...postprocessors,
  ...selectors,
  ...retrievers,
  ...answers,
  ...readers,
  ...ingestion,
  ...evaluation,
  ...documentTargets(
    'MemoryDocumentStore',
    () => undefined,
    () => new rag.MemoryDocumentStore(),
  ),
  ...vectorTargets(
    'MemoryVectorStore',
    () => undefined,
    () => new rag.MemoryVectorStore(),
  ),
  ...splitterTargets(
    'SentenceSplitter',
    (options: rag.SentenceSplitterOptions) => new rag.SentenceSplitter(options),
    () => ({ ...size(), format: 'markdown' as const }),
  ),
  ...splitterTargets(
    'MarkdownSplitter',
    (options: rag.MarkdownSplitterOptions) => new rag.MarkdownSplitter(options),
    size,
  ),
  ...splitterTargets('TokenSplitter', (options: rag.SplitterOptions) => new rag.TokenSplitter(options), size),
  ...splitterTargets(
    'HierarchicalSplitter',
    (options: rag.HierarchicalSplitterOptions) => new rag.HierarchicalSplitter(options),
    () => ({}),
  ),
  ...formatTargets(
    'textFormat',
    (o: Parameters<typeof rag.textFormat>[0]) => rag.textFormat(o),
    () => ({ maxBytes: 1_000 }),
    'a.txt',
    bytes('a text'),
  ),
  ...formatTargets(
    'markdownFormat',
    (o: Parameters<typeof rag.markdownFormat>[0]) => rag.markdownFormat(o),
    () => ({ maxBytes: 1_000 }),
    'a.md',
    bytes('---\ntitle: a\n---\n# b\n\nc'),
  ),
  ...formatTargets(
    'csvFormat',
    (o: rag.CsvOptions) => rag.csvFormat(o),
    () => ({}),
    'a.csv',
    bytes('a,b\n1,2\n'),
  ),
  ...formatTargets(
    'jsonFormat',
    (o: rag.JsonOptions) => rag.jsonFormat(o),
    () => ({}),
    'a.json',
    bytes('[{"a": "b"}]'),
  ),
  ...formatTargets(
    'jsonLinesFormat',
    (o: rag.JsonLinesOptions) => rag.jsonLinesFormat(o),
    () => ({}),
    'a.jsonl',
    bytes('{"a": "b"}\n'),
  ),
  call(
    'VectorRetriever.retrieve',
    () =>
      [
        { store: new rag.MemoryVectorStore(), embedding: new HashEmbedding(), topK: 2 },
        { query: 'a' },
        { topK: 1 },
      ] as [rag.VectorRetrieverOptions, { query: string }, object],
    (options, query, asked) => new rag.VectorRetriever(options).retrieve(query, asked),
  ),
]);
