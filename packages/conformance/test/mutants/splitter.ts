import type { SplitterSettings } from '@mortise/conformance';
import type { JsonObject } from '@mortise/core';
import type { Node, TextNode } from '@mortise/core/retriever';
import type { NodeSplitter } from '@mortise/core/transform';
import { ReferenceSplitter } from '../reference/splitter.ts';

export interface SplitterMutant {
  readonly fault: string;
  readonly caughtBy: string;
  create(settings: SplitterSettings): NodeSplitter;
}

type Splitter = new (settings: SplitterSettings) => NodeSplitter;

function mutant(fault: string, caughtBy: string, Faulty: Splitter): SplitterMutant {
  return { fault, caughtBy, create: (settings) => new Faulty(settings) };
}

/** The reference splits, and then something is done to what it made. */
const mutating = (mutate: (chunks: TextNode[], node: Node) => TextNode[]) =>
  class extends ReferenceSplitter {
    override split(node: Node): TextNode[] {
      return mutate(super.split(node), node);
    }
  };

const each = (mutate: (chunk: TextNode, node: Node) => Partial<TextNode>) =>
  mutating((chunks, node) => chunks.map((chunk) => ({ ...chunk, ...mutate(chunk, node) })));

let runs = 0;

/** Each has been a bug of some splitter. */
export const splitterMutants: readonly SplitterMutant[] = [
  mutant(
    'every chunk begins where the one before began',
    'split.overlap',
    mutating((chunks, node) =>
      chunks.map((chunk, at) => {
        const start = chunks[at - 1]?.start ?? chunk.start ?? 0;
        return { ...chunk, start, text: node.text.slice(start, chunk.end) };
      }),
    ),
  ),
  mutant(
    'parts are counted and joined, though the whole takes more',
    'split.limit',
    class extends ReferenceSplitter {
      override count(node: Node, text: string): number {
        return Math.max(0, ...text.split(/(?<=\s)/).map((word) => super.count(node, word)));
      }
    },
  ),
  mutant(
    'only what is embedded is counted',
    'split.metadata',
    class extends ReferenceSplitter {
      override count(node: Node, text: string): number {
        const { excludedEmbedMetadataKeys: keys } = node;
        return super.count(
          { ...node, ...(keys === undefined ? {} : { excludedLlmMetadataKeys: keys }) },
          text,
        );
      }
    },
  ),
  mutant(
    'a node without room is split into words above the limit',
    'split.no-room',
    class extends ReferenceSplitter {
      override count(node: Node, text: string): number {
        const count = super.count(node, text);
        return count > 100 ? 1 : count;
      }
    },
  ),
  mutant(
    'surrogate pairs are cut',
    'split.characters',
    class extends ReferenceSplitter {
      override prefix(
        _text: string,
        start: number,
        end: number,
        fits: (a: number, b: number) => boolean,
      ): number {
        let cut = end;
        while (cut > start && !fits(start, cut)) cut--;
        return cut;
      }
    },
  ),
  mutant(
    'offsets of the trimmed text',
    'split.offsets',
    each((chunk, { text }) => {
      const lead = text.length - text.trimStart().length;
      return { start: chunk.start! - lead, end: chunk.end! - lead };
    }),
  ),
  mutant(
    'places are looked up by the text of the chunk',
    'split.repeats',
    each(({ text }, node) => {
      const start = node.text.indexOf(text);
      return { start, end: start + text.length };
    }),
  ),
  mutant(
    'the last chunk is lost when it is short',
    'split.cover',
    mutating((chunks) =>
      chunks.length > 2 && chunks.at(-1)!.text.length < 40 ? chunks.slice(0, -1) : chunks,
    ),
  ),
  mutant(
    'white space makes an empty chunk',
    'split.empty',
    class extends ReferenceSplitter {
      override split(node: Node): TextNode[] {
        const chunks = super.split(node);
        const whole = { start: 0, end: node.text.length, headings: [] };
        return chunks.length === 0 ? [this.chunk(node, whole, `${node.id}#0`)] : chunks;
      }
    },
  ),
  mutant(
    'places within the part',
    'split.part',
    each(({ start, end }, node) => ({ start: start! - (node.start ?? 0), end: end! - (node.start ?? 0) })),
  ),
  mutant(
    'templates are left behind',
    'split.source',
    mutating((chunks) => chunks.map(({ textTemplate: _template, ...chunk }) => chunk)),
  ),
  mutant(
    'ids are random',
    'split.ids',
    mutating((chunks) => {
      const run = runs++;
      const renamed = (id: string): string => `${id}/${run}`;
      return chunks.map((chunk) => ({ ...chunk, id: renamed(chunk.id) }));
    }),
  ),
  mutant(
    'neighbours are joined over the end of a document',
    'split.neighbours',
    class extends ReferenceSplitter {
      #last: string | undefined;
      override split(node: Node): TextNode[] {
        const chunks = super.split(node);
        const leaves = chunks.filter(({ relationships }) => relationships?.parent !== undefined);
        if (this.#last !== undefined && leaves[0] !== undefined)
          leaves[0].relationships!.previous = { id: this.#last };
        this.#last = leaves.at(-1)?.id;
        return chunks;
      }
    },
  ),
  mutant(
    'a comment in code is a heading',
    'split.headings',
    class extends ReferenceSplitter {
      override sections(
        text: string,
        span: Parameters<ReferenceSplitter['sections']>[1],
      ): ReturnType<ReferenceSplitter['sections']> {
        return super.sections(text.replaceAll('```', "'''"), span);
      }
    },
  ),
  mutant(
    'only the innermost heading is kept',
    'split.headings',
    class extends ReferenceSplitter {
      override metadata(node: Node, headings: readonly string[]): JsonObject {
        return super.metadata(node, headings.slice(-1));
      }
    },
  ),
  mutant(
    'children do not know their parent',
    'split.hierarchy',
    mutating((chunks) => {
      const [, first] = chunks;
      if (first?.relationships?.parent !== undefined) first.relationships.parent = { id: 'gone' };
      return chunks;
    }),
  ),
  mutant(
    'the rest of the text is counted at every word',
    'split.linear',
    class extends ReferenceSplitter {
      override count(node: Node, text: string): number {
        this.tokenizer.count(node.text);
        return super.count(node, text);
      }
    },
  ),
  mutant(
    'an abort is noticed at the end',
    'split.abort',
    class extends ReferenceSplitter {
      override async transform(
        ...[nodes, options]: Parameters<ReferenceSplitter['transform']>
      ): Promise<Node[]> {
        const { signal, ...rest } = options ?? {};
        const made = await super.transform(nodes, rest);
        signal?.throwIfAborted();
        return made;
      }
    },
  ),
  mutant(
    'an aborted call counts first',
    'split.aborted',
    class extends ReferenceSplitter {
      override async transform(
        ...[nodes, options]: Parameters<ReferenceSplitter['transform']>
      ): Promise<Node[]> {
        for (const { text } of nodes) this.tokenizer.count(text);
        return super.transform(nodes, options);
      }
    },
  ),
  mutant(
    'one metadata for all chunks',
    'split.input',
    each((_chunk, node) => ({ metadata: node.metadata })),
  ),
  mutant(
    'a fingerprint without its tokenizer',
    'split.fingerprint',
    class extends ReferenceSplitter {
      override get fingerprint(): string {
        return `reference(${this.maxTokens})`;
      }
    },
  ),
];
