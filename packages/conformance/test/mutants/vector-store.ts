import type { VectorStoreSubject } from '@mortise/conformance';
import { similarity } from '@mortise/core/embedding';
import { copyNode, sourceId } from '@mortise/core/retriever';
import {
  checkFilter,
  matchesFilter,
  type FilterCondition,
  type FilterOperator,
  type MetadataFilter,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { everyFeature, opener, ReferenceVectorStore } from '../reference/vector-store.ts';

/** The reference store with one thing wrong. */
export interface VectorStoreMutant {
  readonly fault: string;
  /** The case that must catch it. */
  readonly caughtBy: string;
  readonly subject: VectorStoreSubject;
}

type Store = new (disk?: Map<string, VectorEntry>) => ReferenceVectorStore;

const Base = ReferenceVectorStore;

/** The modes and operators that the store with less declares. */
const LESS: VectorStoreSupport = { modes: ['dense'], operators: ['=='] };

function mutant(fault: string, caughtBy: string, store: Store): VectorStoreMutant {
  return { fault, caughtBy, subject: { open: opener(store), declares: everyFeature } };
}

/** A store that declares less, and so has something to refuse. */
function lesser(fault: string, caughtBy: string, store: Store): VectorStoreMutant {
  const declares = ['dense', 'filters', 'filter:=='] as const;
  return { fault, caughtBy, subject: { open: opener(store), declares } };
}

/** Conditions are answered by `wrong` where it has an answer. */
function misfilter(
  fault: string,
  caughtBy: string,
  wrong: (member: unknown, condition: FilterCondition) => boolean | undefined,
): VectorStoreMutant {
  const store = class extends Base {
    override matches(metadata: VectorEntry['node']['metadata'], filter: MetadataFilter): boolean {
      if ('and' in filter) return filter.and.every((part) => this.matches(metadata, part));
      if ('or' in filter) return filter.or.some((part) => this.matches(metadata, part));
      if ('not' in filter) return !this.matches(metadata, filter.not);
      const member = Object.hasOwn(metadata, filter.key) ? metadata[filter.key] : undefined;
      return wrong(member, filter) ?? matchesFilter(metadata, filter);
    }
  };
  return mutant(fault, caughtBy, store);
}

const by =
  (op: FilterOperator, wrong: (member: unknown, value: never) => boolean) =>
  (member: unknown, condition: FilterCondition): boolean | undefined =>
    condition.op === op ? wrong(member, condition.value as never) : undefined;

/** What databases do to values: no types, or other ones. */
const loosely = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

export const vectorStoreMutants: readonly VectorStoreMutant[] = [
  mutant(
    'listens to nobody while it writes',
    'vs-abort-between',
    class extends Base {
      override async upsert(entries: readonly VectorEntry[], options: StoreOptions = {}): Promise<void> {
        this.abort(options);
        this.checkEntries(entries);
        for (const entry of entries) {
          this.put(this.copy(entry));
          if (entries.length > 500) await new Promise((resolve) => setImmediate(resolve));
        }
      }
    },
  ),
  mutant(
    'keeps the members that a list had',
    'vs-replace-lists',
    class extends Base {
      override put(entry: VectorEntry): void {
        const old = this.disk.get(entry.node.id)?.node.metadata['tags'] ?? [];
        const { tags } = entry.node.metadata;
        if (!Array.isArray(tags)) return super.put(entry);
        const metadata = { ...entry.node.metadata, tags: [...tags, ...(old as string[])] };
        super.put({ ...entry, node: { ...entry.node, metadata } });
      }
    },
  ),
  mutant(
    'leaves the members of a row to the next that has its number',
    'vs-again-other',
    class extends Base {
      readonly left: VectorEntry['node']['metadata'][] = [];
      override async delete(selection: VectorSelection, options: StoreOptions = {}): Promise<void> {
        for (const entry of this.disk.values())
          if (this.isSelected(entry, selection)) this.left.push(entry.node.metadata);
        await super.delete(selection, options);
      }
      override put(entry: VectorEntry): void {
        const metadata = { ...this.left.shift(), ...entry.node.metadata };
        super.put({ ...entry, node: { ...entry.node, metadata } });
      }
    },
  ),
  mutant(
    'has no delete',
    'vs-members',
    class extends Base {
      override delete = undefined as never;
    },
  ),
  lesser('declares more than it says', 'vs-support', Base),
  lesser(
    'searches by vector whatever the mode',
    'vs-refuses-mode',
    class extends Base {
      override get support() {
        return { ...super.support, ...LESS };
      }
      override checkQuery(query: VectorQuery): void {
        super.checkQuery({ ...query, mode: 'dense' });
      }
    },
  ),
  lesser(
    'takes any operator',
    'vs-refuses-operator',
    class extends Base {
      override get support() {
        return { ...super.support, ...LESS };
      }
      override checkQuery({ filter: _filter, ...query }: VectorQuery): void {
        super.checkQuery(query);
      }
      override matches(): boolean {
        return true;
      }
    },
  ),
  lesser(
    'looks at the operators of a query, not of a delete',
    'vs-refuses-operator',
    class extends Base {
      override get support() {
        return { ...super.support, ...LESS };
      }
      override checkFilter(): void {}
      override matches(metadata: VectorEntry['node']['metadata'], filter: MetadataFilter): boolean {
        return 'op' in filter && filter.op.includes(':') ? false : super.matches(metadata, filter);
      }
    },
  ),
  mutant(
    'looks at a filter only where there is a node',
    'vs-refuses-malformed',
    class extends Base {
      override checkQuery({ filter: _filter, ...query }: VectorQuery): void {
        super.checkQuery(query);
      }
    },
  ),
  mutant(
    'cuts and pads vectors to its dimensions',
    'vs-refuses-dimension',
    class extends Base {
      override checkEntries(): void {}
      override checkQuery({ embedding: _embedding, ...query }: VectorQuery): void {
        super.checkQuery({ ...query, embedding: new Float32Array(this.dimensions() ?? 1) });
      }
      override cosine(a: Float32Array, b: Float32Array): number {
        const length = Math.min(a.length, b.length);
        return similarity(a.subarray(0, length), b.subarray(0, length));
      }
    },
  ),
  mutant(
    'takes numbers that are not finite for 0',
    'vs-refuses-non-finite',
    class extends Base {
      override async upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void> {
        const finite = entries.map((entry) => ({
          ...entry,
          embedding: entry.embedding.map((x) => (Number.isFinite(x) ? x : 0)),
        }));
        await super.upsert(finite, options);
      }
    },
  ),
  mutant(
    'keeps a list of numbers as bytes that nothing reads',
    'vs-refuses-no-vector',
    class extends Base {
      override async upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void> {
        const kept = entries.map((entry) => ({
          ...entry,
          embedding: Array.isArray(entry.embedding)
            ? new Float32Array(this.dimensions() ?? entry.embedding.length)
            : entry.embedding,
        }));
        await super.upsert(kept, options);
      }
    },
  ),
  mutant(
    'takes whatever has a length for a vector in a query',
    'vs-refuses-no-vector',
    class extends Base {
      override checkQuery({ embedding: _embedding, ...query }: VectorQuery): void {
        super.checkQuery({ ...query, embedding: new Float32Array(this.dimensions() ?? 1) });
      }
      override cosine(a: Float32Array, b: Float32Array): number {
        return similarity(a, Float32Array.from(b ?? [], (x) => Number(x) || 0).slice(0, a.length));
      }
    },
  ),
  mutant(
    'leaves out what is not JSON in metadata',
    'vs-refuses-metadata',
    class extends Base {
      override async upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void> {
        const plain = entries.map(({ node, embedding }) => ({ node: { ...node, metadata: {} }, embedding }));
        await super.upsert(plain, options);
      }
    },
  ),
  mutant(
    'takes a filter of any depth',
    'vs-refuses-deep-filter',
    class extends Base {
      override checkQuery({ filter: _filter, ...query }: VectorQuery): void {
        super.checkQuery(query);
      }
      override passes(): boolean {
        return true;
      }
    },
  ),
  mutant(
    'takes a topK that is none for one',
    'vs-refuses-query',
    class extends Base {
      override checkQuery(query: VectorQuery): void {
        super.checkQuery({ ...query, topK: 1 });
      }
    },
  ),
  mutant(
    'does the work and then looks at the signal',
    'vs-aborted',
    class extends Base {
      override async upsert(entries: readonly VectorEntry[], { signal }: StoreOptions = {}): Promise<void> {
        await super.upsert(entries);
        signal?.throwIfAborted();
      }
    },
  ),
  mutant(
    'throws an error of its own for an abort',
    'vs-aborted',
    class extends Base {
      override abort({ signal }: StoreOptions): void {
        if (signal?.aborted === true) throw new Error('aborted');
      }
    },
  ),
  mutant(
    'wraps the reason of an abort under way',
    'vs-abort',
    class extends Base {
      override async query(query: VectorQuery, options: StoreOptions = {}) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (options.signal?.aborted === true) throw new Error('aborted', { cause: options.signal.reason });
        return super.query(query, options);
      }
    },
  ),
  mutant(
    'drops relationships',
    'vs-nodes',
    class extends Base {
      override give({ node }: VectorEntry) {
        const { relationships: _relationships, ...rest } = copyNode(node);
        return rest;
      }
    },
  ),
  mutant(
    'keeps text as UTF-8',
    'vs-nodes',
    class extends Base {
      override give(entry: VectorEntry) {
        const node = super.give(entry);
        return { ...node, text: node.text.toWellFormed() };
      }
    },
  ),
  mutant(
    'takes ids in any case for one',
    'vs-ids',
    class extends Base {
      override put(entry: VectorEntry): void {
        for (const id of this.disk.keys())
          if (id.toLowerCase() === entry.node.id.toLowerCase()) this.disk.delete(id);
        super.put(entry);
      }
    },
  ),
  mutant(
    'keeps the old vector of an id that is there',
    'vs-replace',
    class extends Base {
      override put(entry: VectorEntry): void {
        super.put({ ...entry, embedding: this.disk.get(entry.node.id)?.embedding ?? entry.embedding });
      }
    },
  ),
  mutant(
    'merges the metadata of an id that is there',
    'vs-replace-filter',
    class extends Base {
      override put(entry: VectorEntry): void {
        const old = this.disk.get(entry.node.id)?.node.metadata;
        super.put({ ...entry, node: { ...entry.node, metadata: { ...old, ...entry.node.metadata } } });
      }
    },
  ),
  mutant(
    'keeps the first of two in a call',
    'vs-last-wins',
    class extends Base {
      override upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void> {
        return super.upsert(entries.toReversed(), options);
      }
    },
  ),
  mutant(
    'fails to delete what is not there',
    'vs-delete-ids',
    class extends Base {
      override async delete(selection: VectorSelection, options?: StoreOptions): Promise<void> {
        const { ids = [] } = selection;
        await super.delete(selection, options);
        if (ids.includes('never')) throw new Error('There is no never.');
      }
    },
  ),
  mutant(
    'deletes one node of a source document',
    'vs-delete-source',
    class extends Base {
      override async delete(
        { sourceIds = [], ...selection }: VectorSelection,
        options?: StoreOptions,
      ): Promise<void> {
        const first = sourceIds.map(
          (id) => [...this.disk.values()].find(({ node }) => sourceId(node) === id)?.node.id,
        );
        const ids = [...(selection.ids ?? []), ...first.filter((id) => id !== undefined)];
        await super.delete({ ...selection, ids }, options);
      }
    },
  ),
  mutant(
    'deletes what matches all of a selection',
    'vs-delete-filter',
    class extends Base {
      override isSelected(entry: VectorEntry, { ids, sourceIds, filter }: VectorSelection): boolean {
        const alone = (selection: VectorSelection): boolean => super.isSelected(entry, selection);
        const given: VectorSelection[] = [];
        if (ids !== undefined) given.push({ ids });
        if (sourceIds !== undefined) given.push({ sourceIds });
        if (filter !== undefined) given.push({ filter });
        return given.length > 0 && given.every(alone);
      }
    },
  ),
  mutant(
    'deletes everything for a selection of nothing',
    'vs-delete-nothing',
    class extends Base {
      override isSelected(entry: VectorEntry, selection: VectorSelection): boolean {
        const { ids = [], sourceIds = [], filter } = selection;
        return (
          (ids.length + sourceIds.length === 0 && filter === undefined) || super.isSelected(entry, selection)
        );
      }
    },
  ),
  mutant(
    'hides for ever what was deleted once',
    'vs-again',
    class extends Base {
      readonly #gone = new Set<string>();
      override isSelected(entry: VectorEntry, selection: VectorSelection): boolean {
        const selected = super.isSelected(entry, selection);
        if (selected) this.#gone.add(entry.node.id);
        return selected;
      }
      override put(entry: VectorEntry): void {
        if (!this.#gone.has(entry.node.id)) super.put(entry);
      }
    },
  ),
  mutant(
    'fails while it is empty',
    'vs-empty',
    class extends Base {
      override ranked(query: VectorQuery, entries: readonly VectorEntry[]) {
        return this.disk.size > 0
          ? super.ranked(query, entries)
          : [[{ node: { id: 'x' } } as VectorEntry, 0] as const];
      }
      override give({ node }: VectorEntry) {
        return node;
      }
    },
  ),
  mutant(
    'keeps the entries that it is given',
    'vs-copies',
    class extends Base {
      override copy(entry: VectorEntry): VectorEntry {
        return entry;
      }
    },
  ),
  mutant(
    'gives the nodes that it keeps',
    'vs-copies',
    class extends Base {
      override give({ node }: VectorEntry) {
        return node;
      }
    },
  ),
  mutant(
    'writes back what it has read before others wrote',
    'vs-concurrent',
    class extends Base {
      override async upsert(entries: readonly VectorEntry[], options: StoreOptions = {}): Promise<void> {
        const copies = entries.map((entry) => this.copy(entry));
        const before = new Map(this.disk);
        await Promise.resolve();
        await super.upsert(copies, options);
        for (const id of this.disk.keys())
          if (!before.has(id) && !copies.some(({ node }) => node.id === id)) this.disk.delete(id);
      }
    },
  ),
  mutant(
    'gives distances for scores',
    'vs-order',
    class extends Base {
      override cosine(a: Float32Array, b: Float32Array): number {
        return 1 - similarity(a, b);
      }
    },
  ),
  mutant(
    'gives one more than topK',
    'vs-topk',
    class extends Base {
      override query(query: VectorQuery, options?: StoreOptions) {
        return super.query({ ...query, topK: query.topK + 1 }, options);
      }
    },
  ),
  mutant(
    'divides by a length of 0',
    'vs-zero',
    class extends Base {
      override cosine(a: Float32Array, b: Float32Array): number {
        return similarity(a, b, 'dot') / (Math.hypot(...a) * Math.hypot(...b));
      }
    },
  ),
  mutant(
    'compares with every second vector',
    'vs-recall',
    class extends Base {
      override ranked(query: VectorQuery, entries: readonly VectorEntry[]) {
        return super.ranked(query, entries.length < 100 ? entries : entries.filter((_, at) => at % 2 === 0));
      }
    },
  ),
  mutant(
    'overlooks one in fifty',
    'vs-exact',
    class extends Base {
      override ranked(query: VectorQuery, entries: readonly VectorEntry[]) {
        return super.ranked(
          query,
          entries.filter((_, at) => at % 50 !== 7),
        );
      }
    },
  ),
  misfilter(
    'compares without types',
    'vs-filter-equal',
    by('==', (a, b) => loosely(a) === loosely(b)),
  ),
  misfilter(
    'asks for a member that differs',
    'vs-filter-not-equal',
    by('!=', (a, b) => a !== undefined && a !== b),
  ),
  misfilter(
    'orders by code point',
    'vs-filter-greater',
    by('>', (a, b) => isAfter(a, b)),
  ),
  misfilter(
    'orders numbers and strings',
    'vs-filter-greater-or-equal',
    by('>=', (a, b) => loosely(a) >= loosely(b)),
  ),
  misfilter(
    'takes null for 0',
    'vs-filter-less',
    by('<', (a, b) => (a === null ? 0 < Number(b) : matchesFilter({ a }, { key: 'a', op: '<', value: b }))),
  ),
  misfilter(
    'takes a boolean for a number',
    'vs-filter-less-or-equal',
    by('<=', (a, b) => typeof a !== 'object' && Number(a) <= Number(b)),
  ),
  misfilter(
    'looks into lists',
    'vs-filter-in',
    by('in', (a, list: unknown[]) => [a].flat().some((one) => list.includes(one))),
  ),
  misfilter(
    'leaves out what has no such member',
    'vs-filter-not-in',
    by('nin', (a, list: unknown[]) => a !== undefined && !list.includes(a)),
  ),
  misfilter(
    'takes a value for a list of it',
    'vs-filter-any',
    by('any', (a, list: unknown[]) => [a].flat().some((one) => list.includes(one))),
  ),
  misfilter(
    'asks for one of all',
    'vs-filter-all',
    by('all', (a, list: unknown[]) => Array.isArray(a) && list.some((one) => a.includes(one))),
  ),
  misfilter(
    'finds a part of a string',
    'vs-filter-contains',
    by('contains', (a, b) => (Array.isArray(a) || typeof a === 'string') && a.includes(b)),
  ),
  misfilter(
    'ignores the case of ASCII alone',
    'vs-filter-text-match',
    by('text-match', (a, b: string) => typeof a === 'string' && ascii(a).includes(ascii(b))),
  ),
  misfilter(
    'takes null for something',
    'vs-filter-is-empty',
    by('is-empty', (a) => a === undefined || a === ''),
  ),
  mutant(
    'reads `or` as `and`',
    'vs-filter-trees',
    class extends Base {
      override matches(metadata: VectorEntry['node']['metadata'], filter: MetadataFilter): boolean {
        return super.matches(metadata, 'or' in filter && filter.or.length > 1 ? { and: filter.or } : filter);
      }
    },
  ),
  mutant(
    'takes the best and then filters',
    'vs-filter-first',
    class extends Base {
      override async query({ filter, ...query }: VectorQuery, options?: StoreOptions) {
        if (filter !== undefined) checkFilter(filter, this.support.operators ?? []);
        return (await super.query(query, options)).filter(({ node }) => this.passes(node.metadata, filter));
      }
    },
  ),
  mutant(
    'gives mmr the order of dense',
    'vs-mmr',
    class extends Base {
      override ranked(query: VectorQuery, entries: readonly VectorEntry[]) {
        return super.ranked(query.mode === 'mmr' ? { ...query, mode: 'dense' } : query, entries);
      }
    },
  ),
  mutant(
    'gives mmr the scores of dense',
    'vs-mmr',
    class extends Base {
      override diverse(...args: Parameters<ReferenceVectorStore['diverse']>) {
        const picks = super.diverse(...args);
        const similarities = new Map(args[0].map((candidate) => [candidate.node.id, candidate.similarity]));
        return picks.map(([entry]) => [entry, similarities.get(entry.node.id)!] as const);
      }
    },
  ),
  mutant(
    'takes what is syntax to its engine for words that stand nowhere',
    'vs-text',
    class extends Base {
      override ranked(query: VectorQuery, entries: readonly VectorEntry[]) {
        const isRefused = query.mode === 'text' && /["*('&|]/.test(query.text ?? '');
        return isRefused ? [] : super.ranked(query, entries);
      }
    },
  ),
  mutant(
    'gives what has none of the words',
    'vs-text',
    class extends Base {
      override ranked(query: VectorQuery, entries: readonly VectorEntry[]) {
        return query.mode === 'text'
          ? entries.map((entry) => [entry, 0] as const)
          : super.ranked(query, entries);
      }
    },
  ),
  mutant(
    'ignores the weights',
    'vs-sparse',
    class extends Base {
      override copy(entry: VectorEntry): VectorEntry {
        const { sparse, ...rest } = super.copy(entry);
        return sparse === undefined
          ? rest
          : { ...rest, sparse: { ...sparse, values: sparse.values.map((x) => 1 / x) } };
      }
    },
  ),
  mutant(
    'has alpha the wrong way round',
    'vs-hybrid',
    class extends Base {
      override ranked({ alpha = 0.5, ...query }: VectorQuery, entries: readonly VectorEntry[]) {
        return super.ranked({ ...query, alpha: 1 - alpha }, entries);
      }
    },
  ),
  mutant(
    'ignores the filter of a text query',
    'vs-modes-filter',
    class extends Base {
      override query({ filter, ...query }: VectorQuery, options?: StoreOptions) {
        return super.query(query.mode === 'text' ? query : { ...query, filter }, options);
      }
    },
  ),
  mutant(
    'forgets deletes',
    'vs-restart',
    kept((before, now) => new Map([...before, ...now])),
  ),
  mutant(
    'forgets the last write',
    'vs-restart',
    kept((_before, now) => new Map([...now].slice(0, -1))),
  ),
  mutant(
    'forgets the sources',
    'vs-restart-write',
    kept((_before, now) => {
      const bare = ({ node, ...entry }: VectorEntry): VectorEntry => {
        const { relationships: _relationships, ...rest } = node;
        return { ...entry, node: rest };
      };
      return new Map([...now].map(([id, entry]) => [id, bare(entry)]));
    }),
  ),
];

/** A store whose next instance finds something else: what was ever written, and what was there last. */
function kept(
  change: (ever: Map<string, VectorEntry>, now: Map<string, VectorEntry>) => Map<string, VectorEntry>,
): Store {
  const ever = new WeakMap<Map<string, VectorEntry>, Map<string, VectorEntry>>();
  return class extends Base {
    constructor(disk?: Map<string, VectorEntry>) {
      super(disk === undefined ? undefined : change(ever.get(disk) ?? new Map(), disk));
      ever.set(this.disk, new Map());
    }
    override put(entry: VectorEntry): void {
      super.put(entry);
      ever.get(this.disk)?.set(entry.node.id, entry);
    }
  };
}

function isAfter(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}

function ascii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
