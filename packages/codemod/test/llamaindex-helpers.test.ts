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

describe('one step of a model with tools', () => {
  const of = (call: string): string => `import { openai } from '@llamaindex/openai';
import type { ChatMessage } from 'llamaindex';
const llm = openai({ model: 'm' });
export async function step(messages: ChatMessage[], isStreamed: boolean) {
  const { newMessages, toolCalls } = await llm.exec(${call});
  return [newMessages, toolCalls.length];
}
`;

  it('is a run that stops when its tools have answered', () => {
    const after = turned(of('{ messages, tools: [] }'));
    expect(after).toContain('{ newMessages, toolCalls } = await execStep(llm, messages, [])');
    expect(after).toContain('runTools(llm, messages, { tools, stopWhen: () => true })');
  });

  it('may be streamed', () => {
    expect(turned(of('{ messages, stream: true }'))).toContain('await streamStep(llm, messages, [])');
  });

  it('takes a schema', () => {
    expect(turned(of('{ messages, responseFormat: schema }'))).toContain(
      'await shapedStep(llm, messages, [], schema)',
    );
    expect(turned(of('{ messages, responseFormat: schema, stream: true }'))).toContain(
      'await shapedStreamStep(llm, messages, [], schema)',
    );
  });

  it('is listed with a format that is no schema, and where streaming is decided later', () => {
    expect(listed(of("{ messages, responseFormat: { type: 'json_object' } }"))).toEqual([[5, 'exec']]);
    expect(listed(of('{ messages, stream: isStreamed }'))).toEqual([[5, 'exec']]);
  });
});

describe('a server of tools', () => {
  const of = (declaration: string, async = 'async '): string => `import { openai } from '@llamaindex/openai';
import { mcp } from '@llamaindex/tools';
import { agent } from '@llamaindex/workflow';
export ${async}function run(llm = openai({ model: 'm' })) {
  ${declaration}
  return server;
}
`;

  it('is connected where it is named, and its tools are waited for in the run', () => {
    const after = turned(`import { openai } from '@llamaindex/openai';
import { mcp } from '@llamaindex/tools';
import { agent } from '@llamaindex/workflow';
export async function run() {
  const server = mcp({ command: 'npx', args: ['files'], verbose: true });
  const helper = agent({ llm: openai({ model: 'm' }), tools: await server.tools() });
  const result = await helper.run('What is there?');
  await server.cleanup();
  return result.data.result;
}
`);
    expect(after).toContain("const server = await connectMcp({ command: 'npx', args: ['files'] });");
    expect(after).toContain('async (question: string) => runTools(');
    expect(after).toContain('await server.close();');
  });

  it('is listed where nothing can be waited for', () => {
    expect(listed(of("const server = mcp({ url: 'https://example.com' });", ''))).toEqual([[5, 'mcp']]);
  });
});

describe('a memory', () => {
  it('with a limit gives the newest messages that fit', () => {
    const after = turned(`import { createMemory, staticBlock } from 'llamaindex';
export async function remembered(content: string) {
  const memory = createMemory([], { tokenLimit: 100, memoryBlocks: [staticBlock({ content })] });
  await memory.add({ role: 'user', content: 'Hello' });
  return await memory.getLLM();
}
`);
    expect(after).toContain("conversationMemory(100, [{ role: 'user', content: content }])");
  });

  it('of an agent is given each question and all that came of it', () => {
    const after = turned(`import { openai } from '@llamaindex/openai';
import { agent } from '@llamaindex/workflow';
import { createMemory } from 'llamaindex';
export async function ask(question: string) {
  const memory = createMemory({ tokenLimit: 100 });
  const helper = agent({ llm: openai({ model: 'm' }), memory, systemPrompt: 'Be kind.' });
  return (await helper.run(question)).data.result;
}
`);
    expect(after).toContain("await memory.add({ role: 'user', content: question });");
    expect(after).toContain('await memory.add(...result.messages.slice(1 + messages.length));');
  });

  it('with other blocks, and messages that are kept elsewhere, are listed', () => {
    expect(
      listed(`import { createMemory, vectorBlock } from 'llamaindex';
export async function remembered(turns: { role: string; content: string }[], vectorStore: unknown) {
  const memory = createMemory([], { memoryBlocks: [vectorBlock({ vectorStore })] });
  for (const turn of turns) await memory.add(turn);
}
`),
    ).toEqual([
      [3, 'createMemory'],
      [4, 'add'],
    ]);
  });
});

describe('an index in Postgres', () => {
  const of = (statements: string): string => `import { OpenAIEmbedding } from '@llamaindex/openai';
import { PGVectorStore } from '@llamaindex/postgres';
import { Document, Settings, storageContextFromDefaults, VectorStoreIndex } from 'llamaindex';
Settings.embedModel = new OpenAIEmbedding({ model: 'm' });
export async function fill(texts: string[]) {
  const store = new PGVectorStore({ clientConfig: { connectionString: process.env.DATABASE } });
  ${statements}
  return index;
}
`;
  const filled = `const storageContext = await storageContextFromDefaults({ vectorStore: store });
  const index = await VectorStoreIndex.fromDocuments(texts.map((text) => new Document({ text })), { storageContext });`;

  it('is opened over two stores, and keeps what other runs put there', () => {
    const after = turned(of(filled));
    expect(after).toContain(
      "new PostgresVectorStore({ connectionString: process.env.DATABASE ?? '', dimensions: 1536 })",
    );
    expect(after).toContain('await openIndex({ embedding, ...storageContext }, {');
    expect(after).toContain('{ removeMissing: false });');
    expect(after).not.toContain('save()');
  });

  it('forgets what is gone where it was emptied first', () => {
    const after = turned(of(`await store.clearCollection();\n  ${filled}`));
    expect(after).not.toContain('removeMissing');
    expect(after).not.toContain('clearCollection');
  });

  it('is opened alone', () => {
    expect(turned(of('const index = await VectorStoreIndex.fromVectorStore(store);'))).toContain(
      'const index = await openIndex({ embedding, ...store }, {',
    );
  });

  it('is listed where it is made of a client', () => {
    expect(
      listed(`import { PGVectorStore } from '@llamaindex/postgres';
export const make = (client: unknown) => void new PGVectorStore({ client, dimensions: 3 });
`),
    ).toEqual([[2, 'PGVectorStore']]);
  });
});

it('a run goes on from the conversation that an earlier one gave', () => {
  const after = turned(`import { openai } from '@llamaindex/openai';
import { agent } from '@llamaindex/workflow';
const helper = agent({ llm: openai({ model: 'm' }) });
export async function twice() {
  const first = await helper.run('One?');
  return await helper.run('Two?', { state: first.data.state });
}
`);
  expect(after).toContain(
    "helper('Two?', { history: first.messages.filter(({ role }) => role !== 'system') })",
  );
});

describe('callbacks', () => {
  const of = (callback: string, event = 'retrieve-end'): string => `import { Settings } from 'llamaindex';
Settings.callbackManager.on('${event}', ${callback});
`;

  it('on what was retrieved are subscriptions', () => {
    const after = turned(
      of(
        '(event) => {\n  const { nodes, query } = event.detail;\n  console.log(nodes.length, query.query);\n}',
      ),
    );
    expect(after).toContain('onRetrieved((event) => {');
    expect(after).toContain('{ captureContent: true }');
  });

  it.each([
    ['that read what is in a node', '({ detail }) => console.log(detail.nodes)', 'retrieve-end'],
    ['that hand the event on', '(event) => console.log(event)', 'retrieve-end'],
    ['of other events', '() => console.log("done")', 'llm-end'],
  ])('%s are listed', (_, callback, event) => {
    expect(listed(of(callback, event))).toEqual([[2, 'callbackManager']]);
  });
});

describe('filters', () => {
  it('are ours where they are declared with their type', () => {
    const after = turned(`import { OpenAIEmbedding } from '@llamaindex/openai';
import { type MetadataFilters, Settings, VectorStoreIndex, type Document } from 'llamaindex';
Settings.embedModel = new OpenAIEmbedding({ model: 'm' });
const filters: MetadataFilters = { filters: [{ key: 'year', operator: '!=', value: 1 }] };
export async function find(documents: Document[]) {
  const index = await VectorStoreIndex.fromDocuments(documents);
  return index.asRetriever({ filters });
}
`);
    expect(after).toContain("const filters: MetadataFilter = { key: 'year', op: '!=', value: 1 };");
    expect(after).toContain('}), filters);');
  });

  it('that are not written out are listed', () => {
    expect(
      listed(`import type { MetadataFilters } from 'llamaindex';
const others = [];
export const filters: MetadataFilters = { filters: others };
`),
    ).toEqual([[3, 'MetadataFilters']]);
  });
});

it('the documents of a saved index are counted', () => {
  const after = turned(`import { OpenAIEmbedding } from '@llamaindex/openai';
import { Settings, SimpleDocumentStore, storageContextFromDefaults } from 'llamaindex';
Settings.embedModel = new OpenAIEmbedding({ model: 'm' });
export async function count() {
  const storage = await storageContextFromDefaults({ persistDir: 'cache' });
  const many = Object.keys((storage.docStore as SimpleDocumentStore).toDict()).length;
  return many;
}
`);
  expect(after).toContain("const storage = { directory: 'cache' };");
  expect(after).toContain('const many = (await openIndex({ embedding }, { ...storage, splitter: new');
  expect(after).toContain(')).size;');
});

describe('what a model thinks', () => {
  const of = (use: string): string => `import { anthropic } from '@llamaindex/anthropic';
const llm = anthropic({ model: 'm' });
export async function think(messages: { role: 'user'; content: string }[]) {
  const stream = await llm.chat({ messages, stream: true });
  for await (const chunk of stream) console.log(${use});
  const { message } = await llm.chat({ messages });
  return message.content;
}
`;

  it('is in the options of a chunk', () => {
    const after = turned(of('chunk.options?.thinking'));
    expect(after).toContain('const stream = thoughtChunks(llm.streamChat(messages));');
    expect(turned(of('chunk.delta'))).toContain('const chunk of stream.textStream');
  });

  it.each(["'toolCall' in chunk.options", 'chunk.options.toolCall', 'chunk.options'])(
    '%s is listed',
    (use) => {
      expect(listed(of(use))).toEqual([[5, expect.anything()]]);
    },
  );

  it('is not in a message that was taken out', () => {
    const text = of('chunk.delta').replace('return message.content', 'return message.options');
    expect(listed(text)).toHaveLength(1);
  });
});

it('embeddings of Hugging Face are asked for by a class of the file', () => {
  const of = (
    options: string,
  ): string => `import { HuggingFaceInferenceAPIEmbedding } from '@llamaindex/huggingface';
export const embedding = new HuggingFaceInferenceAPIEmbedding(${options});
`;
  const after = turned(of("{ model: 'm', accessToken: 'k' }"));
  expect(after).toContain('class HuggingFaceEmbedding extends BaseEmbedding {');
  expect(after).toContain("export const embedding = new HuggingFaceEmbedding('m', 'k');");
  expect(listed(of("{ model: 'm', accessToken: 'k', endpoint: 'https://example.com' }"))).toEqual([
    [2, 'HuggingFaceInferenceAPIEmbedding'],
  ]);
});

describe('an agent with which one talks', () => {
  const of = (use: string): string => `import { OpenAI } from '@llamaindex/openai';
import { LLMAgent } from 'llamaindex';
const agent = new LLMAgent({ llm: new OpenAI({ model: 'm' }), tools: [], systemPrompt: 'Be brief.' });
export async function talk(questions: string[]) {
  ${use}
}
`;
  const asked = "console.log((await agent.chat({ message: 'Why?' })).message.content);";

  it.each([`for (const message of questions) ${asked}`, `${asked}\n  ${asked}`])(
    '%# keeps what was said',
    (use) => {
      const after = turned(of(use));
      expect(after).toContain('createToolsChatEngine({ llm: new OpenAILLM(');
      expect(after).toContain("tools: [] }, { systemPrompt: 'Be brief.' })");
      expect(after).toContain("(await agent.chat('Why?')).text");
    },
  );

  it('is a function with a note where it is asked once', () => {
    const outcome = one(llamaindex, of(asked));
    expect(outcome.after).toContain("(await agent('Why?')).text");
    expect(outcome.notes.map(({ message }) => message).join('\n')).toContain('Each question stands alone');
  });
});

describe('a task of an agent', () => {
  const of = (given: string): string => `import { OpenAI } from '@llamaindex/openai';
import { ReActAgent } from 'llamaindex';
const agent = new ReActAgent({ llm: new OpenAI({ model: 'm' }), tools: [] });
export async function steps() {
  const task = await agent.createTask(${given});
  for await (const step of task) console.log(step, step.isLast);
}
`;

  it('is the replies of a run', () => {
    expect(turned(of("'Why?'"))).toContain("const task = stepsOf(agent('Why?'));");
  });

  it('is their pieces where its steps stream', () => {
    expect(turned(of("'Why?', true"))).toContain("const task = streamedStepsOf(agent('Why?'));");
  });

  it('is listed where that is decided later', () => {
    expect(listed(of("'Why?', process.argv.length > 2"))).toEqual([[5, 'createTask']]);
  });
});

describe('Portkey', () => {
  const of = (options: string): string => `import { Portkey } from '@llamaindex/portkey-ai';
export const llm = new Portkey(${options});
`;

  it('is asked by its headers', () => {
    const after = turned(
      of("{ mode: 'single', llms: [{ provider: 'openai', virtual_key: 'k', model: 'm', max_tokens: 5 }] }"),
    );
    expect(after).toContain("'x-portkey-provider': 'openai', 'x-portkey-virtual-key': 'k' }");
    expect(after).toContain('{ maxOutputTokens: 5 }');
  });

  it('is listed with several models', () => {
    expect(listed(of("{ mode: 'fallback', llms: [{ model: 'a' }, { model: 'b' }] }"))).toEqual([
      [2, 'Portkey'],
    ]);
  });
});

it('what a reader loads inside of an expression is collected', () => {
  const after = turned(`import { ObsidianReader } from '@llamaindex/readers/obsidian';
export const texts = new ObsidianReader('vault').loadData().then((documents) => documents.map((each) => each.getText()));
`);
  expect(after).toContain("readAll(new DirectoryReader({ directory: 'vault', include: ['**/*.md'] })).then(");
  expect(after).toContain('documents.map((each) => each.text)');
});

it('a tool of the AI SDK over an index asks a query engine', () => {
  const after = turned(`import { openai } from '@ai-sdk/openai';
import { OpenAIEmbedding } from '@llamaindex/openai';
import { llamaindex } from '@llamaindex/vercel';
import { Settings, VectorStoreIndex, type Document } from 'llamaindex';
Settings.embedModel = new OpenAIEmbedding({ model: 'm' });
export async function notes(documents: Document[]) {
  const index = await VectorStoreIndex.fromDocuments(documents);
  return llamaindex({ model: openai('m'), index, description: 'Notes.' });
}
`);
  expect(after).toContain("tool({ description: 'Notes.', inputSchema: jsonSchema(");
  expect(after).toContain("llm: fromAISDK(openai('m'))");
});

describe('windows of sentences', () => {
  it('are a splitter and a postprocessor of the file', () => {
    const after =
      turned(`import { MetadataReplacementPostProcessor, SentenceWindowNodeParser, type Document } from 'llamaindex';
const parser = new SentenceWindowNodeParser({ windowSize: 2 });
export const replace = new MetadataReplacementPostProcessor('window');
export const cut = (documents: Document[]) => parser.getNodesFromDocuments(documents);
`);
    expect(after).toContain("const parser = sentenceWindows(2, 'window', 'originalText');");
    expect(after).toContain("export const replace = metadataInstead('window');");
    expect(after).toContain('documents.flatMap((document) => parser.split(document))');
  });

  it('with options that are not known are listed', () => {
    expect(
      listed(`import { SentenceWindowNodeParser } from 'llamaindex';
export const parser = new SentenceWindowNodeParser({ sentenceSplitter: (text: string) => text.split('.') });
`),
    ).toEqual([[2, 'SentenceWindowNodeParser']]);
  });
});

describe('a pipeline', () => {
  const of = (steps: string): string => `import { OpenAIEmbedding } from '@llamaindex/openai';
import { type Document, IngestionPipeline, SentenceSplitter, Settings, VectorStoreIndex } from 'llamaindex';
Settings.embedModel = new OpenAIEmbedding({ model: 'm' });
export async function fill(documents: Document[]) {
  const pipeline = new IngestionPipeline({ transformations: [${steps}] });
  const nodes = await pipeline.run({ documents });
  const index = await VectorStoreIndex.init({ nodes });
  return index;
}
`;

  it('of a splitter and a model is the splitter, and its nodes are documents of an index', () => {
    const after = turned(of("new SentenceSplitter({ chunkSize: 300 }), new OpenAIEmbedding({ model: 'm' })"));
    expect(after).toContain('const nodes = documents.flatMap((document) => pipeline.split(document));');
    expect(after).toContain(
      'await index.update(nodes.map(({ id, text, metadata }) => createDocument({ id, text, metadata })));',
    );
  });

  it('of other steps is listed', () => {
    expect(listed(of('{ transform: () => [] }'))).toEqual([[5, 'IngestionPipeline']]);
  });
});

describe('a prompt of a synthesizer', () => {
  const of = (template: string): string => `import { OpenAI } from '@llamaindex/openai';
import { getResponseSynthesizer, PromptTemplate } from 'llamaindex';
const textQATemplate = new PromptTemplate({ template: ${template} });
export const synthesizer = getResponseSynthesizer('compact', { llm: new OpenAI({ model: 'm' }), textQATemplate });
`;

  it('has our variables', () => {
    const after = turned(of('`From ${process.title}:\\n{context}\\nAnswer {query}`'));
    expect(after).toContain('content: `From ${process.title}:\\n{sources}\\nAnswer {question}`');
    expect(after).toContain('{ prompt: textQATemplate })');
  });

  it.each(["'{context} {query} {style}'", "'{query}'", 'process.title'])('%s is listed', (template) => {
    expect(listed(of(template))[0]).toEqual([3, 'PromptTemplate']);
  });
});

describe('a store in Postgres that is used by itself', () => {
  const of = (client: string): string => `import { PGVectorStore } from '@llamaindex/postgres';
import { sql } from '@vercel/postgres';
import postgres from 'postgres';
import { Document, VectorStoreQueryMode } from 'llamaindex';
const other = postgres('postgres://localhost');
const store = new PGVectorStore({ client: ${client}, dimensions: 2 });
await store.add([new Document({ text: 'Hello', embedding: [1, 2] })]);
console.log(await store.query({ mode: VectorStoreQueryMode.DEFAULT, similarityTopK: 1, queryEmbedding: [1, 2] }), other);
`;

  it('takes nodes with their vectors, and is asked by one', () => {
    const after = turned(of('sql'));
    expect(after).toContain('new PostgresVectorStore({ client: sql, dimensions: 2 })');
    expect(after).toContain(
      "store.vectors.upsert(vectorEntries([createDocument({ text: 'Hello', embedding: Float32Array.from([1, 2]) })]))",
    );
    expect(after).toContain(
      "store.vectors.query({ mode: 'dense', embedding: Float32Array.from([1, 2]), topK: 1 })",
    );
  });

  it('is listed with a client of another shape', () => {
    expect(listed(of('other'))).toEqual([[6, 'PGVectorStore']]);
  });
});
