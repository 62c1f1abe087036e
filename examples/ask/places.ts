import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '@mortise/core/retriever';

/** Where a source stands, in the words of an editor. */
export interface Place {
  /** Relative to the folder of the documents. */
  readonly file: string;
  /** The headings above it, outermost first, joined by ` > `; empty where there are none. */
  readonly heading: string;
  /** UTF-16 units in the file, end exclusive. Absent when the file has changed since it was indexed. */
  readonly start?: number;
  readonly end?: number;
  /** From 1, both inclusive. */
  readonly firstLine?: number;
  readonly lastLine?: number;
}

/** Reads the files again, since an index keeps chunks and not lines. */
export async function placesOf(root: string, nodes: readonly Node[]): Promise<Place[]> {
  const texts = new Map<string, Promise<string>>();
  return Promise.all(
    nodes.map(async (node) => {
      const file = textOf(node.metadata['path']);
      const heading = [textOf(node.metadata['title']), textOf(node.metadata['section'])];
      const about = { file, heading: heading.filter((part) => part !== '').join(' > ') };
      let text = texts.get(file);
      if (text === undefined) texts.set(file, (text = readText(join(root, file))));
      return { ...about, ...rangeOf(await text, node) };
    }),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A file that is gone has no lines to show, and the answer stands all the same. */
async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch {
    return '';
  }
}

/** A node's offsets count from where its document begins, which is after the front matter. */
function rangeOf(text: string, node: Node): Omit<Place, 'file' | 'heading'> {
  const front = /^---[ \t]*\r?\n[\s\S]*?^---[ \t]*(?:\r?\n|$)/m.exec(text);
  const base = front?.index === 0 ? front[0].length : 0;
  for (const offset of new Set([base, 0])) {
    const start = offset + (node.start ?? 0);
    const end = start + node.text.length;
    if (text.slice(start, end) !== node.text) continue;
    const firstLine = countLines(text.slice(0, start)) + 1;
    return { start, end, firstLine, lastLine: firstLine + countLines(node.text.trimEnd()) };
  }
  return {};
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
