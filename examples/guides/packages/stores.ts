// #region cache
import { OpenAIEmbedding } from '@mortise/openai';
import { MemoryVectorStore, IngestionPipeline } from '@mortise/rag';
import { SqliteDocumentStore, SqliteKeyValueStore } from '@mortise/stores';
import { withEmbeddingCache } from '@mortise/toolkit';

const cache = new SqliteKeyValueStore({ path: 'embeddings.sqlite' });
const embedding = withEmbeddingCache(new OpenAIEmbedding({ model: 'text-embedding-3-small' }), cache);
console.log((await embedding.embedTexts(['asked once', 'asked once'])).embeddings.length);
// #endregion

// #region documents
const documents = new SqliteDocumentStore({ path: 'index.sqlite' });
const pipeline = new IngestionPipeline({ documents, vectors: new MemoryVectorStore(), embedding, cache });
// #endregion
console.log((await pipeline.run([])).added);
