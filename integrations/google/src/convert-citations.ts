import type { CitationBlock } from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';

type Raw = Record<string, unknown>;

/** A text of the reply, and its place in `message.content`. */
export interface Told {
  readonly index: number;
  readonly text: string;
}

/** What the text rests on: https://ai.google.dev/gemini-api/docs/google-search and `citationMetadata` */
export function citationsOf(
  message: Raw,
  texts: readonly Told[],
): { index: number; citation: CitationBlock }[] {
  if (texts.length === 0) return [];
  const grounding = objectOf(message['groundingMetadata']);
  const chunks = listOf(grounding['groundingChunks']);
  const places = new Places(texts);
  const grounded = listOf(grounding['groundingSupports']).flatMap(({ segment, groundingChunkIndices }) => {
    const { index, ...place } = places.of(objectOf(segment));
    const indices = Array.isArray(groundingChunkIndices) ? (groundingChunkIndices as unknown[]) : [];
    return indices.flatMap((at) => {
      const chunk = typeof at === 'number' ? chunks[at] : undefined;
      return chunk === undefined
        ? []
        : [{ index, citation: { ...fromChunk(chunk, at as number), ...place } }];
    });
  });
  const cited = objectOf(message['citationMetadata']);
  const sources = listOf(cited['citationSources'] ?? cited['citations']).map((source) => {
    const { index, ...place } = places.of(source);
    const citation = defined({
      type: 'citation' as const,
      url: textOf(source['uri']),
      title: textOf(source['title']),
      ...place,
      providerMetadata: { google: source },
    });
    return { index, citation };
  });
  return [...grounded, ...sources];
}

/** A page, a document of a store, or a place on the map. */
function fromChunk(chunk: Raw, at: number): CitationBlock {
  const { web, retrievedContext, maps, image } = chunk;
  const of = objectOf(web ?? retrievedContext ?? maps ?? image);
  return defined({
    type: 'citation' as const,
    url: textOf(of['uri']) ?? textOf(of['sourceUri']),
    title: textOf(of['title']),
    quote: textOf(of['text']),
    source: at,
    providerMetadata: { google: chunk },
  });
}

/**
 * Google counts in bytes of UTF-8, over the whole text; the contract in UTF-16 units of one block. The words of a segment,
 * where they are given, decide: a place that does not hold them is looked for by them.
 */
class Places {
  readonly #texts: readonly Told[];
  readonly #whole: string;
  readonly #bytes: Uint8Array;

  constructor(texts: readonly Told[]) {
    this.#texts = texts;
    this.#whole = texts.map(({ text }) => text).join('');
    this.#bytes = new TextEncoder().encode(this.#whole);
  }

  of({ startIndex = 0, endIndex, text: words }: Raw): { index: number; start?: number; end?: number } {
    let start = typeof startIndex === 'number' ? this.#units(startIndex) : 0;
    let end = typeof endIndex === 'number' ? this.#units(endIndex) : undefined;
    if (typeof words === 'string' && words !== '' && this.#whole.slice(start, end) !== words) {
      start = this.#whole.indexOf(words);
      end = start < 0 ? undefined : start + words.length;
    }
    if (end === undefined || end < start) return { index: this.#texts.at(-1)!.index };
    let before = 0;
    for (const { index, text } of this.#texts) {
      const isHere = start < before + text.length;
      if (isHere) return { index, start: start - before, end: Math.min(end - before, text.length) };
      before += text.length;
    }
    return { index: this.#texts.at(-1)!.index };
  }

  #units(bytes: number): number {
    return new TextDecoder().decode(this.#bytes.subarray(0, bytes)).length;
  }
}

function objectOf(value: unknown): Raw {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): Raw[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
