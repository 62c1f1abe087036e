import { MortiseError } from '@mortise/core';
import { linkedController, runPool, throughDoor } from '@mortise/core/call';
import { inSpan } from '@mortise/core/events';
import { checkOptions, heard, reading, requireMembers, shown, wholeNumber } from '@mortise/core/shared';
import { requireKeyValueStore, type DocumentStore } from '@mortise/core/store';
import { openedSupport, requireDimensions } from '../dimensions.ts';
import { SentenceSplitter } from '../splitters/sentence.ts';
import { CommittedVectorStore } from './committed.ts';
import type {
  DocumentSource,
  IngestFailure,
  IngestionPipelineOptions,
  IngestionStrategy,
  IngestOptions,
  IngestReport,
} from './contract.ts';
import { Embedder } from './embedder.ts';
import { Failures } from './failed-documents.ts';
import { Items, withoutReader } from './items.ts';
import { lockOf } from './lock.ts';
import { changedDocuments, type ChangeContext } from './changes.ts';
import { IngestionRun } from './run.ts';
import { recipeFingerprint } from './version.ts';
import { IndexWriter } from './writer.ts';

const STRATEGIES: readonly IngestionStrategy[] = ['upserts', 'upserts-and-delete', 'duplicates-only'];
const DOCUMENT_STORE_MEMBERS = [
  'upsert',
  'getMany',
  'delete',
  'setSource',
  'getSource',
  'deleteSource',
  'sources',
] as const satisfies readonly (keyof DocumentStore)[];

/**
 * Documents to nodes to vectors, in stores that a later run brings up to date. What is unchanged is left alone; a
 * document takes the place of its earlier version as a whole; one that fails is set aside, reported, and tried again by
 * the next run. A run that was killed or failed has lost nothing: the next one finishes its work.
 *
 * It reads lazily and holds a few batches in memory. Read through `CommittedVectorStore` (`pipeline.committed`), which
 * shows one version of each document at any moment.
 */
export class IngestionPipeline {
  readonly #options: IngestionPipelineOptions;
  readonly #transforms: NonNullable<IngestionPipelineOptions['transforms']>;
  readonly #concurrency: number;
  readonly #embedder: Embedder | undefined;

  constructor(given: IngestionPipelineOptions) {
    const options = checkOptions(given, 'configuration');
    const { documents, vectors, embedding, cache, batchSize, dimensions, concurrency = 4 } = options;
    requireMembers(documents, DOCUMENT_STORE_MEMBERS, 'documents', 'DocumentStore');
    if (vectors !== undefined) requireMembers(vectors, ['upsert', 'delete'], 'vectors', 'VectorStore');
    if (cache !== undefined) requireKeyValueStore(cache, 'cache');
    if ((vectors === undefined) !== (embedding === undefined)) {
      const [given, missing] = vectors === undefined ? ['embedding', 'vectors'] : ['vectors', 'embedding'];
      const message = `${missing} is missing, and ${given} is given. Give both, or neither to keep nodes without vectors.`;
      throw new MortiseError('configuration', message);
    }
    this.#concurrency = wholeNumber('concurrency', concurrency);
    if (batchSize !== undefined) wholeNumber('batchSize', batchSize);
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    checkStrategy(options.strategy);
    this.#options = options;
    const transforms = reading(
      'transforms',
      () => Array.from(options.transforms ?? [new SentenceSplitter()]),
      'configuration',
    );
    for (const transform of transforms) requireMembers(transform, ['transform'], 'transforms', 'Transform');
    if (embedding !== undefined) requireMembers(embedding, ['embedTexts'], 'embedding', 'EmbeddingModel');
    this.#transforms = transforms;
    this.#embedder =
      embedding === undefined
        ? undefined
        : new Embedder({ model: embedding, vectors, cache, batchSize, dimensions });
  }

  /** The vector store as readers should see it; undefined without one. */
  get committed(): CommittedVectorStore | undefined {
    const { vectors, documents } = this.#options;
    return vectors === undefined ? undefined : new CommittedVectorStore({ vectors, documents });
  }

  /** Where nodes and the records of documents are. */
  get documents(): DocumentStore {
    return this.#options.documents;
  }

  /**
   * Brings the stores to what the source holds. Rejects with `conflict` when another run writes to them, with the reason
   * of an aborted `signal`, and with a failure that is not about one document: the service does not answer, the disk is
   * full. A model of other dimensions than the vector store's is `configuration`, before anything is read; where the
   * model does not say its dimensions, after one request. What was finished until then stays.
   */
  run(source: DocumentSource, given: IngestOptions = {}): Promise<IngestReport> {
    return throughDoor(given, {}, async (options) => {
      options.signal?.throwIfAborted();
      checkStrategy(options.strategy);
      checkScope(options, this.#options.strategy);
      return inSpan(
        'ingest.run',
        { parent: options.parent },
        (span) => this.#locked(source, { ...options, parent: span.id ?? options.parent }),
        ({ failed, ids: _ids, ...counts }) => ({ attributes: { ...counts, failed: failed.length } }),
      );
    });
  }

  async #locked(source: DocumentSource, options: IngestOptions): Promise<IngestReport> {
    const { signal, sourceIds } = options;
    const lock = await lockOf(this.#options.documents, { signal, sourceIds });
    const controller = linkedController(signal, lock.lost);
    try {
      return await this.#run(source, { ...options, signal: controller.signal });
    } finally {
      controller.unlink();
      await lock.release();
    }
  }

  async #run(source: DocumentSource, options: IngestOptions): Promise<IngestReport> {
    const { documents, vectors, embedding, dimensions, cache } = this.#options;
    const { sourceIds } = options;
    const strategy = options.strategy ?? this.#options.strategy ?? 'upserts';
    const recipe = recipeFingerprint({ transforms: this.#transforms, embedding, dimensions });
    // A callback may be an async function: what it is rejected with ends the run too, and is never unheard.
    const late: unknown[] = [];
    const ends = (error: unknown): void => void late.push(error);
    const failures = new Failures((failure) => heard(options.onError?.(failure), ends));
    const report = emptyReport(failures.list);
    const items = new Items({ documents, recipe, verify: options.verify ?? false, signal: options.signal });
    const writer = new IndexWriter(documents, vectors);
    await writer.recover(options);
    if (vectors !== undefined) {
      // Before anything is read, cut or paid for: every single vector would be refused.
      const support = await openedSupport(vectors, { signal: options.signal });
      requireDimensions(support, dimensions ?? embedding?.metadata.dimensions);
    }
    if (sourceIds === undefined) await items.load();
    // A list that is at hand is complete; what an iterator leaves out may be what a reader could not read.
    const mayHide = !('read' in source) && Symbol.asyncIterator in source;
    if (mayHide && strategy === 'upserts-and-delete' && items.anyKnown) throw withoutReader();

    const context: ChangeContext = {
      documents,
      transforms: this.#transforms,
      recipe,
      cache,
      strategy,
      options,
      failures,
      items,
      report,
      progress: (progress) =>
        heard(options.onProgress?.({ ...progress, failed: failures.list.length }), ends),
      seen: new Set(),
      asked: sourceIds === undefined ? undefined : new Set(sourceIds),
      hashes: strategy === 'duplicates-only' ? await hashesOf(documents, options.signal) : new Set(),
    };
    const run = new IngestionRun({ context, writer, embedder: this.#embedder });
    try {
      await runPool(run.batches(changedDocuments(source, context)), this.#concurrency, (batch) =>
        run.embed(batch),
      );
      await items.keep();
      if (strategy === 'upserts-and-delete') await run.removeMissing();
      if (late.length > 0) throw late[0];
    } catch (error) {
      run.stop(error);
      options.signal?.throwIfAborted();
      throw error;
    } finally {
      run.close();
    }
    const failedIds = failures.list.map(({ documentId, part, item }) => documentId ?? part ?? item);
    report.ids.failed = [...new Set(failedIds)];
    return report;
  }
}

/** What a run counts into. `tokens` goes once a reply does not say. */
function emptyReport(failed: IngestFailure[]): IngestReport {
  return {
    ...{ added: 0, updated: 0, unchanged: 0, duplicates: 0, removed: 0, failed },
    ids: { added: [], updated: [], removed: [], failed: [] },
    ...{ nodes: 0, embedded: 0, cached: 0, requests: 0, tokens: 0 },
  };
}

function checkScope({ sourceIds, strategy }: IngestOptions, usual: IngestionStrategy | undefined): void {
  if (sourceIds === undefined) return;
  if (!Array.isArray(sourceIds) || !sourceIds.every((id) => typeof id === 'string'))
    throw new MortiseError(
      'invalid-request',
      'sourceIds is not a list of the ids of documents. Give their `id`s.',
    );
  if ((strategy ?? usual) === 'duplicates-only')
    throw new MortiseError(
      'invalid-request',
      'The strategy duplicates-only compares all documents, so a run about some of them cannot have it. Leave out `sourceIds`, or take upserts.',
    );
}

async function hashesOf(documents: DocumentStore, signal: AbortSignal | undefined): Promise<Set<string>> {
  const hashes = new Set<string>();
  for await (const { hash } of documents.sources({ signal })) hashes.add(hash);
  return hashes;
}

function checkStrategy(strategy: IngestionStrategy | undefined): void {
  if (strategy === undefined || STRATEGIES.includes(strategy)) return;
  const message = `strategy is ${shown(strategy)}; it is one of ${STRATEGIES.join(', ')}.`;
  throw new MortiseError('configuration', message);
}
