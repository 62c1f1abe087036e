import { describe, expect, it } from 'vitest';
import { llamaindex } from '@mortise/codemod';
import { one } from './one.ts';

const turned = (text: string, path?: string): string => {
  const outcome = one(llamaindex, text, path);
  expect(outcome.listed).toEqual([]);
  expect(outcome.state).toBe('changed');
  return outcome.after;
};
const listed = (text: string) => one(llamaindex, text).listed.map(({ line, construct }) => [line, construct]);

describe('what Mortise has no package with', () => {
  it('is one function of the file for all extractors of the nodes alone', () => {
    const after = turned(`import { OpenAI } from '@llamaindex/openai';
import { KeywordExtractor, SummaryExtractor, type BaseNode } from 'llamaindex';
const llm = new OpenAI({ model: 'm' });
export async function enrich(nodes: BaseNode[], keywords: number) {
  const found = await new KeywordExtractor({ llm, keywords }).processNodes(nodes);
  return await new SummaryExtractor({ llm }).processNodes(found);
}
`);
    expect(after.match(/function metadataExtractor\(/g)).toHaveLength(1);
    expect(after).toContain("metadataExtractor(llm, 'excerptKeywords', `Give ${keywords} keywords");
    expect(after).toContain("metadataExtractor(llm, 'sectionSummary', 'Sum up");
  });

  it('takes a name that the file does not have', () => {
    const after = turned(`import { OpenAI } from '@llamaindex/openai';
import { TitleExtractor, type BaseNode } from 'llamaindex';
export const documentTitles = (nodes: BaseNode[]) =>
  new TitleExtractor({ llm: new OpenAI({ model: 'm' }), nodes: 3 }).processNodes(nodes);
`);
    expect(after).toContain('function documentTitles2(');
    expect(after).toContain(
      "documentTitles2(new OpenAILLM({ model: 'm', api: 'chat-completions' }), 3)(nodes)",
    );
  });

  it('has no types in a file without types', () => {
    const after = turned(
      `import { OpenAI } from '@llamaindex/openai';
import { FaithfulnessEvaluator } from 'llamaindex';
const evaluator = new FaithfulnessEvaluator({ llm: new OpenAI({ model: 'm' }) });
export const judge = (query, response) => evaluator.evaluate({ query, response });
`,
      'a.js',
    );
    expect(after).toContain('function answerEvaluator(llm, instructions, passing) {');
    expect(after).not.toContain('unknown');
  });

  it('is not written for options that it has not', () => {
    expect(
      listed(`import { CorrectnessEvaluator, SummaryExtractor } from 'llamaindex';
export const evaluator = new CorrectnessEvaluator({ parserFunction: (text: string) => text });
export const extractor = new SummaryExtractor({ summaries: ['prev'] });
`),
    ).toEqual([
      [2, 'CorrectnessEvaluator'],
      [3, 'SummaryExtractor'],
    ]);
  });
});

describe('an index without vectors', () => {
  const of = (made: string): string => `import { OpenAI } from '@llamaindex/openai';
import { Document, KeywordTableIndex, Settings, SummaryIndex, SummaryRetrieverMode } from 'llamaindex';
Settings.llm = new OpenAI({ model: 'm' });
export async function answer(text: string) {
  ${made}
  const { message } = await engine.query({ query: 'Why?' });
  return message.content;
}
`;

  it('is the list of its nodes, all of which are found', () => {
    const after = turned(
      of(`const index = await SummaryIndex.fromDocuments([new Document({ text })]);
  const engine = index.asQueryEngine();`),
    );
    expect(after).toContain('const index = [createDocument({ text })].flatMap((document) =>');
    expect(after).toContain('retriever: everyNode(index)');
  });

  it('is asked for the nodes that a model chooses, in the mode for it', () => {
    const after = turned(
      of(`const index = await SummaryIndex.fromDocuments([new Document({ text })]);
  const engine = index.asQueryEngine({ retriever: index.asRetriever({ mode: SummaryRetrieverMode.LLM }) });`),
    );
    expect(after).toContain('retriever: chosenNodes(llm, everyNode(index))');
  });

  it('finds by words where it was a table of keywords', () => {
    const after = turned(
      of(`const index = await KeywordTableIndex.fromDocuments([new Document({ text })]);
  const engine = index.asQueryEngine();`),
    );
    expect(after).toContain('retriever: new BM25Retriever({ nodes: index, topK: 10 })');
  });

  it('is listed with options that have no counterpart', () => {
    expect(
      listed(
        of(`const index = await SummaryIndex.fromDocuments([new Document({ text })]);
  const engine = index.asQueryEngine({ similarityTopK: 3 });`),
      ),
    ).toHaveLength(1);
  });
});

it('a splitter keeps an overlap that fits its size', () => {
  const text = `import { SentenceSplitter } from 'llamaindex';\nexport const splitter = new SentenceSplitter({ chunkSize: 40 });\n`;
  expect(turned(text)).toContain('{ maxTokens: 40, overlap: 8 }');
});
