import type { CitationBlock, ContentBlock } from '@mortise/core/llm';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { ReferenceTranslator } from '../reference/translator.ts';
import { sending } from './back.ts';
import { misread, mutant, type Mutant } from './mutant.ts';

const cited = (change: (right: CitationBlock) => CitationBlock) =>
  class extends ReferenceLLM {
    override citation(raw: Raw): CitationBlock {
      return change(super.citation(raw));
    }
  };

/** What is wrong with what a text rests on. */
export const citing: readonly Mutant[] = [
  mutant(
    'gives documents of two messages one id',
    'citations.documents',
    class extends ReferenceLLM {
      override documentId(): string {
        return 'document-0';
      }
    },
  ),
  mutant(
    'names the document before',
    'citations.documents',
    cited((right) => ({ ...right, source: Number(right.source) - 1 })),
  ),
  mutant(
    'loses the words of the source',
    'citations.documents',
    cited(({ quote: _quote, ...right }) => right),
  ),
  mutant(
    'loses the title of the source',
    'citations.documents',
    cited(({ title: _title, ...right }) => right),
  ),
  mutant(
    'gives places that hold other words',
    'citations.documents',
    cited((right) => ({ ...right, start: 0 })),
  ),
  mutant(
    'forgets the page',
    'citations.pages',
    cited(({ url: _url, ...right }) => right),
  ),
  mutant(
    'loses the place of a citation',
    'citations.pages',
    cited(({ start: _start, end: _end, ...right }) => right),
  ),
  mutant(
    'reads citations of whole replies alone',
    'citations.pages',
    class extends ReferenceLLM {
      override translator(): ReferenceTranslator {
        return new (class extends ReferenceTranslator {
          override cite(): void {}
        })(this);
      }
    },
  ),
  misread(
    'tells citations at the end alone',
    'citations.events',
    class extends ReferenceTranslator {
      override cite(index: number, raw: Raw): void {
        super.cite(index, raw, []);
      }
    },
  ),
  misread(
    'takes a citation without a place for one of the first part',
    'citations.unplaced',
    class extends ReferenceTranslator {
      override cited(data: Raw): number {
        return data['at'] === null ? 0 : super.cited(data);
      }
      override cite(index: number, raw: Raw, out: Parameters<ReferenceTranslator['cite']>[2]): void {
        if (this.blocks[index]!['cited'] !== undefined) super.cite(index, raw, out);
      }
    },
  ),
  mutant(
    'sends texts back without what they rest on',
    'citations.back',
    sending((right, { type }: ContentBlock) =>
      type === 'text' ? right.map(({ cited: _cited, ...rest }) => rest) : right,
    ),
  ),
];
