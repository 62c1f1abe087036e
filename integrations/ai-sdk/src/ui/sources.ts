import type { CitationBlock, Node } from '@mortise/core';
import type { Citation } from '@mortise/core/synthesizer';
import type { UIChunk } from './chunks.ts';

/** The sources of a message and the words that are cited from them, each once. */
export class SourceChunks {
  readonly #sent = new Set<string>();
  #citations = 0;

  /** An event, and again in its block: shown once. */
  citation({ url, title, source, quote }: CitationBlock): UIChunk[] {
    const sourceId = url ?? String(source ?? title ?? quote ?? 'source');
    const part = this.#source(sourceId, title, url);
    const words = JSON.stringify([sourceId, quote]);
    if (quote === undefined || this.#sent.has(words)) return part;
    this.#sent.add(words);
    return [...part, this.#cited({ quote, url, title, source })];
  }

  /** A place in an answer from documents, checked. */
  place(citation: Citation): UIChunk[] {
    return [this.#cited(citation)];
  }

  node({ id, metadata: { title, url } }: Node): UIChunk[] {
    return this.#source(id, title, url);
  }

  #cited(data: unknown): UIChunk {
    return { type: 'data-citation', id: `citation-${++this.#citations}`, data };
  }

  /** A link is one that a page may show: `javascript:` and the like are none. */
  #source(sourceId: string, title: unknown, url: unknown): UIChunk[] {
    if (this.#sent.has(sourceId)) return [];
    this.#sent.add(sourceId);
    const name = typeof title === 'string' ? { title } : {};
    if (typeof url === 'string' && /^https?:\/\//i.test(url))
      return [{ type: 'source-url', sourceId, url, ...name }];
    return [{ type: 'source-document', sourceId, mediaType: 'text/plain', title: sourceId, ...name }];
  }
}
