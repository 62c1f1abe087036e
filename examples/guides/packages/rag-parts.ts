import { htmlFormat } from '@mortise/html';
import { OpenAIEmbedding } from '@mortise/openai';
import { pdfFormat } from '@mortise/pdf';
import {
  BM25Index,
  BM25Retriever,
  CommittedVectorStore,
  compareRetrieval,
  csvFormat,
  DirectoryReader,
  evaluateRetriever,
  IngestionPipeline,
  jsonLinesFormat,
  MemoryVectorStore,
  retrievalMarkdown,
  VectorRetriever,
} from '@mortise/rag';
import { SqliteDocumentStore, SqliteKeyValueStore } from '@mortise/stores';

// #region formats
const reader = new DirectoryReader({
  directory: 'data',
  formats: {
    '.jsonl': jsonLinesFormat({ id: 'key', text: ['title', '/body/text'], metadata: ['author'] }),
    '.csv': csvFormat({ text: 'answer', metadata: ['question'] }),
    '.html': htmlFormat(), // @mortise/html
    '.pdf': pdfFormat(), // @mortise/pdf
  },
});
// #endregion

// #region skip
const seen = new Map<string, string | undefined>(); // kept where you like
const read = reader.read({
  skip: ({ id, version }) => version !== undefined && seen.get(id) === version,
  onProgress: ({ item, version, outcome }) => outcome === 'read' && seen.set(item, version),
});
// #endregion
for await (const { text } of read) console.log(text.replaceAll(/\s+/g, ' '));
for await (const { text } of reader.read({ skip: ({ id, version }) => seen.get(id) === version }))
  console.log(text);

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
const vectors = new MemoryVectorStore();
// #region pipeline
const documents = new SqliteDocumentStore({ path: 'nodes.sqlite' });
const cache = new SqliteKeyValueStore({ path: 'vectors-kept.sqlite' });
const strategy = 'upserts-and-delete';
const pipeline = new IngestionPipeline({ documents, vectors, embedding, cache, strategy });
const report = await pipeline.run(new DirectoryReader({ directory: 'docs' }));

const store = new CommittedVectorStore({ vectors, documents });
const retriever = new VectorRetriever({ store, embedding });
// #endregion
console.log(report.added, (await retriever.retrieve('Why is the sky blue?')).length);

const nodes = (await retriever.retrieve('sky')).map(({ node }) => node);
const words = new BM25Index();
words.upsert(nodes);
const bm25 = new BM25Retriever({ index: words });
const queries = [{ id: 'q1', query: 'Why is the sky blue?' }];
const judgements = new Map([['q1', new Map([['sky.md', 1]])]]);
// #region evaluate
const collection = { queries, judgements }; // questions with ids; grades of documents by the id of the question
const before = await evaluateRetriever(bm25, collection, { name: 'BM25' });
const after = await evaluateRetriever(retriever, collection, { name: 'vectors' });
console.log(retrievalMarkdown([before, after], [compareRetrieval(before, after)]));
// #endregion
