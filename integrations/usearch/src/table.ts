import type { Node } from '@mortise/core/retriever';
import { sourceId } from '@mortise/core/retriever';

/**
 * Nodes and their vectors in rows without holes: a row that is removed is filled with the last one. Each row has a
 * label that it keeps wherever it moves, and that is never given again: the key of usearch's graph.
 */
export class Table {
  /** From the start of its buffer: usearch's `exactSearch` begins there, whatever part of it it is given. */
  #vectors: Float32Array = new Float32Array(0);
  readonly nodes: Node[] = [];
  readonly labels: number[] = [];
  readonly #rowById = new Map<string, number>();
  readonly #rowByLabel = new Map<number, number>();
  readonly #idsBySource = new Map<string, Set<string>>();
  #nextLabel = 0;
  #dimensions = 0;

  get size(): number {
    return this.nodes.length;
  }

  /** So many labels, from the one that is given on: none of them is given again, whether it is used or not. */
  claim(count: number): number {
    const first = this.#nextLabel;
    this.#nextLabel += count;
    return first;
  }

  /** All rows, as long as nothing is written. */
  vectors(): Float32Array {
    return this.#vectors.subarray(0, this.size * this.#dimensions);
  }

  vector(row: number): Float32Array {
    return this.#vectors.subarray(row * this.#dimensions, (row + 1) * this.#dimensions);
  }

  rowOf(id: string): number | undefined {
    return this.#rowById.get(id);
  }

  rowOfLabel(label: number): number | undefined {
    return this.#rowByLabel.get(label);
  }

  idsOf(source: string): Iterable<string> {
    return this.#idsBySource.get(source) ?? [];
  }

  /** Adds a row, whose id must not be there. */
  add(node: Node, vector: Float32Array, label: number): void {
    this.#dimensions = vector.length;
    const row = this.size;
    this.#reserve(row + 1);
    this.#vectors.set(vector, row * vector.length);
    this.nodes.push(node);
    this.labels.push(label);
    this.#rowById.set(node.id, row);
    this.#rowByLabel.set(label, row);
    this.#nextLabel = Math.max(this.#nextLabel, label + 1);
    const source = sourceId(node);
    if (source === undefined) return;
    const ids = this.#idsBySource.get(source) ?? new Set();
    this.#idsBySource.set(source, ids.add(node.id));
  }

  /** Removes a row, and gives the label it had; undefined where there is no such id. */
  remove(id: string): number | undefined {
    const row = this.#rowById.get(id);
    if (row === undefined) return undefined;
    const label = this.labels[row]!;
    this.#forgetSource(this.nodes[row]!);
    const last = this.size - 1;
    this.#vectors.copyWithin(row * this.#dimensions, last * this.#dimensions, (last + 1) * this.#dimensions);
    const moved = this.nodes[last]!;
    this.nodes[row] = moved;
    this.labels[row] = this.labels[last]!;
    this.#rowById.set(moved.id, row);
    this.#rowByLabel.set(this.labels[row], row);
    this.nodes.pop();
    this.labels.pop();
    this.#rowById.delete(id);
    this.#rowByLabel.delete(label);
    return label;
  }

  #forgetSource(node: Node): void {
    const source = sourceId(node);
    if (source === undefined) return;
    const ids = this.#idsBySource.get(source);
    ids?.delete(node.id);
    if (ids?.size === 0) this.#idsBySource.delete(source);
  }

  #reserve(rows: number): void {
    if (rows * this.#dimensions <= this.#vectors.length) return;
    const larger = new Float32Array(Math.max(rows, 64, this.size * 2) * this.#dimensions);
    larger.set(this.vectors());
    this.#vectors = larger;
  }
}
