import { describe, expect, it } from 'vitest';
import { llamaindex, transform } from '@mortise/codemod';
import { one } from './one.ts';
import { tokens } from './tokens.ts';

const turned = (text: string): string => {
  const outcome = one(llamaindex, text);
  expect(outcome.listed).toEqual([]);
  expect(outcome.state).toBe('changed');
  return outcome.after;
};
const listed = (text: string) => one(llamaindex, text).listed.map(({ line, construct }) => [line, construct]);

describe('settings', () => {
  it('become constants that are handed over where the global was read', () => {
    const after = turned(`import { OpenAI } from '@llamaindex/openai';
import { Settings, SimpleChatEngine } from 'llamaindex';
Settings.llm = new OpenAI({ model: 'm' });
export const engine = new SimpleChatEngine();
`);
    expect(after).toContain("const llm = new OpenAILLM({ model: 'm', api: 'chat-completions' });");
    expect(after).toContain('createToolsChatEngine({ llm, tools: [] })');
    expect(after).not.toContain('llamaindex');
  });

  it('keep the name of a constant that they were set to', () => {
    const after = turned(`import { openai } from '@llamaindex/openai';
import { Settings, SimpleChatEngine } from 'llamaindex';
const small = openai({ model: 'm' });
Settings.llm = small;
export const engine = new SimpleChatEngine();
`);
    expect(after).toContain('createToolsChatEngine({ llm: small, tools: [] })');
    expect(after).not.toContain('Settings');
  });

  it('that another file of the same program sets are listed where they are read', () => {
    const outcomes = transform(llamaindex, [
      {
        path: 'src/settings.ts',
        text: "import { Settings } from 'llamaindex';\nimport { openai } from '@llamaindex/openai';\nSettings.llm = openai({ model: 'm' });\n",
      },
      {
        path: 'src/main.ts',
        text: "import './settings.js';\nimport { engine } from './engine.js';\nexport default engine;\n",
      },
      {
        path: 'src/engine.ts',
        text: "import { SimpleChatEngine } from 'llamaindex';\nexport const engine = new SimpleChatEngine();\n",
      },
      {
        path: 'other/engine.ts',
        text: "import { SimpleChatEngine } from 'llamaindex';\nexport const engine = new SimpleChatEngine();\n",
      },
    ]);
    expect(outcomes.map(({ state }) => state)).toEqual(['changed', 'untouched', 'left', 'changed']);
    expect(outcomes[2]?.listed[0]?.message).toContain('set in another file');
    expect(outcomes[3]?.notes[0]?.message).toContain('set nowhere');
  });

  it('that are set twice are listed', () => {
    const text = `import { openai } from '@llamaindex/openai';
import { Settings } from 'llamaindex';
Settings.llm = openai({ model: 'a' });
Settings.llm = openai({ model: 'b' });
`;
    expect(listed(text)).toEqual([
      [3, 'Settings'],
      [4, 'Settings'],
    ]);
  });
});

describe('an index', () => {
  const head = `import { OpenAI, OpenAIEmbedding } from '@llamaindex/openai';
import { Document, Settings, VectorStoreIndex, storageContextFromDefaults } from 'llamaindex';
Settings.llm = new OpenAI({ model: 'm' });
Settings.embedModel = new OpenAIEmbedding({ model: 'e' });
`;

  it('is opened and brought up to its documents, with the sizes that were the default', () => {
    const after = turned(`${head}export async function open(text: string) {
  const index = await VectorStoreIndex.fromDocuments([new Document({ text, id_: 'a' })]);
  return index.asRetriever({ similarityTopK: 7 });
}
`);
    expect(after).toContain(
      "await openIndex({ embedding }, { splitter: new SentenceSplitter({ maxTokens: 1024, overlap: 200 }) });\n  await index.update([createDocument({ text, id: 'a' })]);",
    );
    expect(after).toContain('index.retriever({ topK: 7, weights: { bm25: 0, vector: 1 } })');
  });

  it('says that its update does not throw for documents, and that its scores are relative', () => {
    const { notes } = one(
      llamaindex,
      `${head}export async function open(text: string) {
  const index = await VectorStoreIndex.fromDocuments([new Document({ text })]);
  return index;
}
`,
    );
    const said = notes.map(({ message }) => message).join('\n');
    expect(said).toContain('update() takes in the rest');
    expect(said).toContain('evidence.similarity');
  });

  it('is saved where its storage has a folder', () => {
    const after = turned(`${head}export async function open() {
  const storageContext = await storageContextFromDefaults({ persistDir: './kept' });
  return await VectorStoreIndex.fromDocuments([], { storageContext });
}
`);
    expect(after).toContain("{ directory: './kept' }");
    expect(after).toContain('...storageContext');
    expect(after).toContain('await index.save();');
    expect(after).toContain('return index;');
  });

  it('over a store that Mortise lacks is listed, and its file left', () => {
    const text = `${head}import { QdrantVectorStore } from '@llamaindex/qdrant';
export const store = new QdrantVectorStore({ url: 'u' });
`;
    const outcome = one(llamaindex, text);
    expect(outcome.after).toBe(text);
    expect(outcome.listed.map(({ line, construct }) => [line, construct])).toEqual([
      [6, 'QdrantVectorStore'],
    ]);
  });

  it('filters what a retriever finds where filters were given', () => {
    const after = turned(`${head}export async function open() {
  const index = await VectorStoreIndex.fromDocuments([]);
  const engine = index.asQueryEngine({ preFilters: { filters: [{ key: 'year', operator: '>=', value: 2020 }] } });
  const stream = await engine.query({ query: 'q', stream: true });
  for await (const chunk of stream) console.log(chunk.response);
}
`);
    expect(after).toContain(
      "withFilters(index.retriever({ topK: 2, weights: { bm25: 0, vector: 1 } }), { key: 'year', op: '>=', value: 2020 })",
    );
    expect(after).toContain(
      "const stream = engine.streamQuery('q');\n  for await (const chunk of stream.textStream) console.log(chunk);",
    );
  });
});

describe('models', () => {
  it('of servers that speak the wire of OpenAI become presets', () => {
    const after = turned(`import { Groq } from '@llamaindex/groq';
export const llm = new Groq({ model: 'm', temperature: 0.5 });
`);
    expect(after).toContain("withDefaults(new OpenAILLM({ ...groq, model: 'm' }), { temperature: 0.5 })");
  });

  it('with options that are made elsewhere are listed', () => {
    expect(
      listed(`import { OpenAI } from '@llamaindex/openai';
export const make = (options: { model: string }) => new OpenAI(options);
`),
    ).toEqual([[2, 'OpenAI']]);
  });

  it('take messages with pictures and files as blocks', () => {
    const after = turned(`import { openai } from '@llamaindex/openai';
const llm = openai({ model: 'm' });
const reply = await llm.chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'u' } }, { type: 'file', data: 'd', mimeType: 't' }] }] });
console.log(reply.message.content);
`);
    expect(after).toContain("{ type: 'image', source: { url: 'u' } }");
    expect(after).toContain("{ type: 'document', source: { data: 'd', mediaType: 't' } }");
    expect(after).toContain('console.log(reply.text);');
  });

  it('asked for a schema give structured output', () => {
    const after = turned(`import { openai } from '@llamaindex/openai';
import { z } from 'zod';
const Person = z.object({ name: z.string() });
const llm = openai({ model: 'm' });
const reply = await llm.chat({ messages: [{ role: 'user', content: 'Ada' }], responseFormat: Person });
console.log(reply.message.content);
`);
    expect(after).toContain("structured(llm, Person, [{ role: 'user', content: 'Ada' }])");
    expect(after).toContain('JSON.stringify(reply.value)');
  });
});

describe('tools and readers', () => {
  it('a function tool with a raw schema has the type of what its function takes', () => {
    const after = turned(`import { FunctionTool } from 'llamaindex';
function sum({ a, b }: { a: number; b: number }) { return a + b; }
export const tool = FunctionTool.from(sum, { name: 'sum', description: 'Adds.', parameters: { type: 'object', properties: {} } });
`);
    expect(tokens(after)).toEqual(
      tokens(`import { jsonSchema, tool as mortiseTool } from '@mortise/toolkit';
function sum({ a, b }: { a: number; b: number }) { return a + b; }
export const tool = mortiseTool({ name: 'sum', description: 'Adds.', parameters: jsonSchema<Parameters<typeof sum>[0]>({ type: 'object', properties: {} }), execute: sum });
`),
    );
  });

  it('documents that are used otherwise than by an index are read into a list', () => {
    const after = turned(`import { PDFReader } from '@llamaindex/readers/pdf';
const reader = new PDFReader();
const documents = await reader.loadData('a.pdf');
for (const document of documents) console.log(document.id_, document.getText());
`);
    expect(after).toContain('const reader = pdfFormat();');
    expect(after).toContain(
      "for await (const document of new FilesReader({ files: ['a.pdf'], formats: { '.pdf': reader } }).read()) documents.push(document);",
    );
    expect(after).toContain('console.log(document.id, document.text);');
  });
});

describe('a value that cannot be followed', () => {
  it('keeps its file as it is', () => {
    const text = `import { openai } from '@llamaindex/openai';
import { keep } from './keep.js';
const llm = openai({ model: 'm' });
keep(llm);
`;
    const outcome = one(llamaindex, text);
    expect(outcome.state).toBe('left');
    expect(outcome.listed).toEqual([
      { line: 4, construct: 'llm', message: expect.stringContaining('goes to keep()') },
    ]);
  });

  it('is left by --partial where it is, with the rest changed', () => {
    const text = `import { openai } from '@llamaindex/openai';
import { KeywordTableIndex } from 'llamaindex';
export const llm = openai({ model: 'm' });
export const index = new KeywordTableIndex();
`;
    const outcome = one(llamaindex, text, 'a.ts', { partial: true });
    expect(outcome.state).toBe('partly');
    expect(outcome.after).toContain("import { KeywordTableIndex } from 'llamaindex';");
    expect(outcome.after).toContain("new OpenAILLM({ model: 'm', api: 'chat-completions' })");
  });
});

it('values that are exported are noted, since other files use them in the old way', () => {
  const { notes } = one(
    llamaindex,
    "import { openai } from '@llamaindex/openai';\nexport const llm = openai({ model: 'm' });\nexport const name = 'm';\n",
  );
  expect(notes.filter(({ construct }) => construct === 'export').map(({ line }) => line)).toEqual([2]);
});

it('events of an agent are told by their types, also behind a negation', () => {
  const after = turned(`import { agent, agentStreamEvent } from '@llamaindex/workflow';
import { openai } from '@llamaindex/openai';
const a = agent({ llm: openai({ model: 'm' }), tools: [] });
for await (const event of a.runStream('q')) {
  if (!agentStreamEvent.include(event)) continue;
  console.log(event.data.delta);
}
`);
  expect(after).toContain("if (!(event.type === 'stream' && event.event.type === 'text-delta')) continue;");
  expect(after).toContain('console.log(event.event.delta);');
});

it('JavaScript gets no types', () => {
  const after = one(
    llamaindex,
    `import { agent } from '@llamaindex/workflow';
import { openai } from '@llamaindex/openai';
const a = agent({ llm: openai({ model: 'm' }), tools: [] });
console.log((await a.run('q')).data.result);
`,
    'a.mjs',
  ).after;
  expect(after).toContain('const a = (question) => runTools(');
});
