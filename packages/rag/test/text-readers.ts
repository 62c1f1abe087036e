import { toolCallBlock } from '@mortise/core';
import type { FileFormat } from '@mortise/core/reader';
import { createDocument, createTextNode } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  BM25Index,
  citationPromptValues,
  createCitationQueryEngine,
  createCondenseChatEngine,
  createToolsChatEngine,
  CompactSynthesizer,
  csvFormat,
  engineTool,
  engineToolResult,
  FusionRetriever,
  HierarchicalSplitter,
  jsonFormat,
  jsonLinesFormat,
  LLMRerank,
  LLMSelector,
  markdownFormat,
  markdownHeadings,
  MarkdownSplitter,
  readCitationPrompt,
  SentenceSplitter,
  singularTerm,
  SubQuestionQueryEngine,
  textFormat,
  TokenSplitter,
} from '@mortise/rag';
import { runTools } from '@mortise/toolkit';
import { written } from './synthesizer/writing.ts';
import { collect } from './temporary.ts';

/** Something that reads a text that is not ours: a file, a reply of a model, a question. */
export interface TextReader {
  readonly name: string;
  /** Of the exports of this package, those that it reads with. */
  readonly exports: readonly string[];
  /** What stands before the text that is repeated, each in turn. Default: nothing. */
  readonly heads?: readonly string[];
  read(text: string): unknown;
}

const TEXT_HEADS = ['', '---\n', '---\na: ', '---\na: [', '# ', '| a |\n|---|\n', '- ', '<div ', 'a\n'];
const RECORD_HEADS = ['', '"'];
const CHUNK_HEADS = ['', '| a |\n|---|\n'];

const format = (made: FileFormat) => async (text: string) => {
  const bytes = Buffer.from(text);
  const file = {
    path: 'a',
    id: 'a',
    bytes: async () => bytes,
    async *stream() {
      yield bytes;
    },
  };
  await collect(made.read(file, { report: () => undefined }));
};
const document = (text: string, mediaType: string) =>
  createDocument({ id: 'd', text, metadata: { mediaType } });
const found = (text: string) => [{ node: createTextNode({ id: 'n', text }), score: 1 }];
const retriever = { retrieve: async () => found('The sky is blue.') } as never;
const replying = (text: string) => new ScriptedLLM({ replies: () => text });

/** Of an answer in pieces, whose citations are found; `citations.test.ts` gives it a character a piece. */
function* inPieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 64) yield text.slice(at, at + 64);
}

export const ragReaders: readonly TextReader[] = [
  { name: 'textFormat', exports: ['textFormat'], read: format(textFormat()) },
  {
    name: 'markdownFormat',
    exports: ['markdownFormat'],
    heads: TEXT_HEADS,
    read: format(markdownFormat()),
  },
  { name: 'markdownHeadings', exports: ['markdownHeadings'], heads: TEXT_HEADS, read: markdownHeadings },
  { name: 'csvFormat', exports: ['csvFormat'], heads: RECORD_HEADS, read: format(csvFormat()) },
  { name: 'jsonFormat', exports: ['jsonFormat'], heads: RECORD_HEADS, read: format(jsonFormat()) },
  { name: 'jsonLinesFormat', exports: ['jsonLinesFormat'], read: format(jsonLinesFormat()) },
  {
    name: 'SentenceSplitter of Markdown',
    exports: ['SentenceSplitter'],
    heads: CHUNK_HEADS,
    read: (text) => new SentenceSplitter().split(document(text, 'text/markdown')),
  },
  {
    name: 'SentenceSplitter of CSV',
    exports: ['SentenceSplitter'],
    read: (text) => new SentenceSplitter().split(document(text, 'text/csv')),
  },
  {
    name: 'MarkdownSplitter',
    exports: ['MarkdownSplitter'],
    read: (text) => new MarkdownSplitter().split(document(text, 'text/markdown')),
  },
  {
    name: 'TokenSplitter',
    exports: ['TokenSplitter'],
    read: (text) => new TokenSplitter().split(document(text, 'text/plain')),
  },
  {
    name: 'HierarchicalSplitter',
    exports: ['HierarchicalSplitter'],
    read: (text) => new HierarchicalSplitter().split(document(text, 'text/markdown')),
  },
  {
    name: 'CitationSynthesizer, an answer in pieces',
    exports: ['CitationSynthesizer'],
    heads: ['', '`', '"', 'a [1] '],
    read: (text) => written(inPieces(text), found('The sky is blue.')),
  },
  {
    name: 'CitationSynthesizer, a claim in one piece',
    exports: ['CitationSynthesizer'],
    heads: ['', '"'],
    read: (text) => written([`${text} [1][2]`], found('The sky is blue.')),
  },
  {
    name: 'CitationSynthesizer, a source',
    exports: ['CitationSynthesizer'],
    read: (text) => written(['"The sky is blue" [1]'], found(text)),
  },
  {
    name: 'createCitationQueryEngine, an answer',
    exports: [
      'createCitationQueryEngine',
      'createQueryEngine',
      'CitationSynthesizer',
      'RetrieverQueryEngine',
    ],
    read: (text) => createCitationQueryEngine({ retriever, llm: replying(text) }).query('x'),
  },
  {
    name: 'CompactSynthesizer, a question and a source',
    exports: ['CompactSynthesizer', 'RefineSynthesizer', 'TreeSynthesizer', 'BaseSynthesizer'],
    heads: ['', '</source', '<question'],
    read: (text) => new CompactSynthesizer({ llm: replying('a [1]') }).synthesize(text, found(text)),
  },
  {
    name: 'citationPromptValues',
    exports: ['citationPromptValues'],
    heads: ['', '</source', '<source_1'],
    read: (text) => citationPromptValues(text, [createTextNode({ id: 'n', text })]),
  },
  {
    name: 'readCitationPrompt',
    exports: ['readCitationPrompt'],
    heads: ['', '<source', '<source_1>\n', '<source_1_about>\n', '<source_1>\na\n</source_1>\n\n<answer'],
    read: readCitationPrompt,
  },
  {
    name: 'BM25Index',
    exports: ['BM25Index', 'BM25Retriever'],
    read(text) {
      const index = new BM25Index();
      index.upsert([createTextNode({ id: 'n', text })]);
      index.search(text, 1);
      index.remove(['n']);
    },
  },
  { name: 'singularTerm', exports: ['singularTerm'], read: singularTerm },
  {
    name: 'FusionRetriever, a list of queries',
    exports: ['FusionRetriever'],
    heads: ['', '1. '],
    read: (text) =>
      new FusionRetriever({ retrievers: [retriever], queryGeneration: { llm: replying(text) } }).retrieve(
        'x',
      ),
  },
  {
    name: 'LLMRerank',
    exports: ['LLMRerank'],
    heads: ['', '{"scores":["'],
    read: (text) => new LLMRerank({ llm: replying(text) }).postprocess('x', found('a')),
  },
  {
    name: 'LLMSelector',
    exports: ['LLMSelector', 'RouterQueryEngine', 'RouterRetriever'],
    heads: ['', '[1', '[{"choice": 1, "reason": "'],
    read: (text) => new LLMSelector({ llm: replying(text) }).select('x', ['a', 'b']),
  },
  {
    name: 'SubQuestionQueryEngine, a plan',
    exports: ['SubQuestionQueryEngine'],
    heads: ['', '{"questions":["'],
    read(text) {
      const llm = replying(text);
      const engine = createCitationQueryEngine({ retriever, llm });
      const engines = [{ name: 'a', description: 'a', engine }];
      return new SubQuestionQueryEngine({ llm }, { engines }).query('x');
    },
  },
  {
    name: 'engineToolResult, a result',
    exports: ['engineToolResult'],
    heads: [
      '',
      '{"answer":"',
      '{"answer":"a","outcome":"","sources":[',
      '{"answer":"a","outcome":"","sources":[],"citations":[',
    ],
    read: (content) => engineToolResult({ content }),
  },
  {
    name: 'engineTool, a question and an answer',
    exports: ['engineTool'],
    read(text) {
      const engine = createCitationQueryEngine({ retriever, llm: replying(text) });
      const call = toolCallBlock('a', 'f', JSON.stringify({ question: text }));
      const llm = new ScriptedLLM({ replies: [[call], 'x'] });
      return runTools(llm, 'x', { tools: [engineTool(engine, { name: 'f', description: 'x' })] });
    },
  },
  {
    name: 'createToolsChatEngine, an answer and what a tool gives',
    exports: ['createToolsChatEngine'],
    heads: ['', '"', '[1] '],
    read(text) {
      const engine = createCitationQueryEngine({ retriever, llm: replying(text) });
      const call = toolCallBlock('a', 'f', '{"question":"q"}');
      const llm = new ScriptedLLM({ replies: [[call], `${text} [1]`] });
      const tools = [engineTool(engine, { name: 'f', description: 'x' })];
      return createToolsChatEngine({ llm, tools }).chat('x');
    },
  },
  {
    name: 'createCondenseChatEngine, a question',
    exports: ['createCondenseChatEngine', 'createContextChatEngine'],
    heads: ['', '<question'],
    async read(text) {
      const llm = replying(text);
      const engine = createCitationQueryEngine({ retriever, llm });
      const chat = createCondenseChatEngine({ engine, llm });
      await chat.chat(text);
      return chat.chat(text);
    },
  },
  {
    name: 'createToolsChatEngine, what is put in short and the notes of it',
    exports: ['SUMMARY_PROMPT'],
    heads: ['', '<notes', '</conversation'],
    read(text) {
      const messages = [
        { role: 'user' as const, content: text },
        { role: 'assistant' as const, content: text },
      ];
      const options = { messages, summary: { llm: replying(text) } };
      return createToolsChatEngine({ llm: replying('a'), tools: [] }, options).chat('x');
    },
  },
];

/** Exports that read no text of others, and why. */
export const notReaders: { readonly [reason: string]: readonly string[] } = {
  'it reads files by the formats': ['DirectoryReader', 'FilesReader', 'DEFAULT_INCLUDE'],
  'it is a prompt': [
    'CITATION_PROMPT',
    'COMBINE_PROMPT',
    'CONDENSE_PROMPT',
    'CONTEXT_CHAT_PROMPT',
    'QUERY_GENERATION_PROMPT',
    'REFINE_PROMPT',
    'SELECTION_PROMPT',
    'NOT_FOUND_TEXT',
  ],
  'it compares vectors': [
    'MemoryVectorStore',
    'VectorRetriever',
    'EmbeddingSelector',
    'RerankPostprocessor',
    'SimilarityCutoff',
  ],
  'it orders or joins nodes that others found': [
    'AutoMergingRetriever',
    'fuse',
    'leafNodes',
    'LongContextReorder',
    'Neighbours',
    'NoTextSynthesizer',
    'SplitNodes',
  ],
  'it hands nodes on to stores, splitters and indexes that are tried': [
    'CommittedVectorStore',
    'committedNodes',
    'DocumentIndex',
    'HybridRetriever',
    'DEFAULT_WEIGHTS',
    'IngestionPipeline',
    'MemoryDocumentStore',
    'openIndex',
  ],
  'it measures by questions of ours': [
    'compareRetrieval',
    'DEFAULT_METRICS',
    'evaluateRetriever',
    'retrievalMarkdown',
  ],
};
