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

/** How often words are looked for in all of the text: more of them do not stand where a reply says that they do. */
const MOST_SEARCHES = 256;

/**
 * Google counts in bytes of UTF-8, over the whole text; the contract in UTF-16 units of one block. The words of a segment,
 * where they are given, decide: a place that does not hold them is looked for by them.
 */
class Places {
  readonly #texts: readonly Told[];
  readonly #whole: string;
  /** Where each text begins. */
  readonly #starts: number[] = [];
  /** For each byte the unit where its character begins. */
  #unitAt: Uint32Array | undefined;
  #searches = 0;

  constructor(texts: readonly Told[]) {
    this.#texts = texts;
    this.#whole = texts.map(({ text }) => text).join('');
    let before = 0;
    for (const { text } of texts) {
      this.#starts.push(before);
      before += text.length;
    }
  }

  of({ startIndex = 0, endIndex, text: words }: Raw): { index: number; start?: number; end?: number } {
    let start = typeof startIndex === 'number' ? this.#units(startIndex) : 0;
    let end = typeof endIndex === 'number' ? this.#units(endIndex) : undefined;
    if (typeof words === 'string' && words !== '' && this.#whole.slice(start, end) !== words) {
      start = this.#searches++ < MOST_SEARCHES ? this.#whole.indexOf(words) : -1;
      end = start < 0 ? undefined : start + words.length;
    }
    if (end === undefined || end < start || start >= this.#whole.length)
      return { index: this.#texts.at(-1)!.index };
    const at = this.#textAt(start);
    const { index, text } = this.#texts[at]!;
    const before = this.#starts[at]!;
    return { index, start: start - before, end: Math.min(end - before, text.length) };
  }

  /** The last text that begins there or before, by halves. */
  #textAt(unit: number): number {
    let [least, beyond] = [0, this.#starts.length];
    while (beyond - least > 1) {
      const middle = (least + beyond) >> 1;
      if (this.#starts[middle]! <= unit) least = middle;
      else beyond = middle;
    }
    return least;
  }

  #units(bytes: number): number {
    this.#unitAt ??= unitsByByte(this.#whole);
    return this.#unitAt[Math.max(0, Math.trunc(bytes))] ?? this.#whole.length;
  }
}

function unitsByByte(text: string): Uint32Array {
  const units = new Uint32Array(new TextEncoder().encode(text).length);
  let [byte, unit] = [0, 0];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units.fill(unit, byte, byte + length);
    byte += length;
    unit += character.length;
  }
  return units;
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
