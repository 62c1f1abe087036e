import { ingestionConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenDocumentStore } from '../src/document-store.ts';
import { FrozenIngestion, visibleNodes } from '../src/ingestion.ts';
import { FrozenKeyValueStore } from '../src/index.ts';
import { FrozenSplitter } from '../src/splitter.ts';
import { FrozenTokenizer } from '../src/tokenizer.ts';
import { FrozenVectorStore } from '../src/vector-store.ts';

const splitter = new FrozenSplitter({ tokenizer: new FrozenTokenizer(), maxTokens: 1500 });

ingestionConformance(
  { describe, it },
  {
    name: 'frozen',
    declares: [],
    reasons: { readers: 'It takes a list of documents.' },
    open: () => ({
      documents: new FrozenDocumentStore(new FrozenKeyValueStore()),
      vectors: new FrozenVectorStore({ dimensions: 3 }),
    }),
    async ingest({ stores, documents, embedding, signal }) {
      const ingestion = new FrozenIngestion({ ...stores, splitter, embedding });
      return { failed: await ingestion.run(documents, { signal }) };
    },
    visible: ({ documents }) => visibleNodes(documents),
  },
);
