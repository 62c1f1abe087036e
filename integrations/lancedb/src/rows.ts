import { Buffer } from 'node:buffer';
import type { Data, FixedSizeList, Schema, Table as ArrowTable } from 'apache-arrow';
import { unitVector } from '@mortise/core/embedding';
import { nodeToJson, sourceId } from '@mortise/core/retriever';
import type { VectorEntry } from '@mortise/core/store';
import { encodeText, type MARK, membersOf } from './encode.ts';
import type { Library } from './library.ts';

/** An entry as it is written: nothing of it is the caller's any more. */
export interface EntryRow {
  readonly id: string;
  readonly source: string;
  /** For words alone. */
  readonly text: string;
  readonly node: string;
  readonly members: string;
  /** Of length 1, or of zeros. */
  readonly vector: Float32Array;
}

const TEXTS = ['id', 'source', 'text', 'node', 'members'] as const satisfies readonly (keyof EntryRow)[];
/** What stands for no source document: no encoded id is this one. */
const NO_SOURCE = '\u0002' satisfies typeof MARK.key;
/** By it LanceDB sees that two writers inserted the same id, and lets one of them start again. */
const PRIMARY_KEY = new Map([['lance-schema:unenforced-primary-key', 'true']]);

export function schemaOf(
  { arrow }: Library,
  dimensions: number,
  metadata: ReadonlyMap<string, string>,
): Schema {
  const item = new arrow.Field('item', new arrow.Float32(), false);
  const texts = TEXTS.map(
    (name) => new arrow.Field(name, new arrow.Utf8(), false, name === 'id' ? PRIMARY_KEY : undefined),
  );
  const vector = new arrow.Field('vector', new arrow.FixedSizeList(dimensions, item), false);
  return new arrow.Schema([...texts, vector], new Map(metadata));
}

export function toRow({ node, embedding }: VectorEntry): EntryRow {
  const { embedding: _embedding, ...kept } = node;
  const source = sourceId(node);
  return {
    id: encodeText(node.id),
    source: source === undefined ? NO_SOURCE : encodeText(source),
    text: node.text.toWellFormed().replaceAll('\0', ' '),
    node: JSON.stringify(nodeToJson(kept)),
    members: membersOf(node.metadata),
    vector: unitVector(embedding),
  };
}

/** What the rows take, near enough. */
function sizeOf({ node, text, members, vector }: EntryRow): number {
  return node.length + text.length + members.length + vector.byteLength;
}

/** The rows as columns, each copied once. */
export function tableOf({ arrow }: Library, schema: Schema, rows: readonly EntryRow[]): ArrowTable {
  const dimensions = rows[0]?.vector.length ?? 0;
  const numbers = new Float32Array(rows.length * dimensions);
  for (const [at, { vector }] of rows.entries()) numbers.set(vector, at * dimensions);
  const vectors = arrow.makeData({
    type: schema.fields[TEXTS.length]!.type as FixedSizeList,
    length: rows.length,
    nullCount: 0,
    child: arrow.makeData({ type: new arrow.Float32(), data: numbers }),
  });
  const texts = TEXTS.map((name) =>
    textData(
      { arrow },
      rows.map((row) => row[name]),
    ),
  );
  const data = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length: rows.length,
    nullCount: 0,
    children: [...texts, vectors] as Data[],
  });
  return new arrow.Table(schema, [new arrow.RecordBatch(schema, data)]);
}

function textData({ arrow }: Pick<Library, 'arrow'>, texts: readonly string[]): Data {
  const offsets = new Int32Array(texts.length + 1);
  const bytes = Buffer.from(texts.join(''), 'utf8');
  for (const [at, text] of texts.entries()) offsets[at + 1] = offsets[at]! + Buffer.byteLength(text, 'utf8');
  return arrow.makeData({
    type: new arrow.Utf8(),
    length: texts.length,
    nullCount: 0,
    valueOffsets: offsets,
    data: bytes,
  });
}

/** Entries in one commit. Each looks through all ids that are there, and making its columns holds up the event loop for some 20 ms. */
const SLICE = 1024;
const SLICE_BYTES = 4_194_304;

/** From `from` on, as many as one commit takes. */
export function sliceOf(rows: readonly EntryRow[], from: number): EntryRow[] {
  let bytes = 0;
  let to = from;
  for (; to < rows.length && to - from < SLICE && bytes < SLICE_BYTES; to++) bytes += sizeOf(rows[to]!);
  return rows.slice(from, to);
}
