import type { CitationBlock, ProviderMetadata } from '@mortise/core/llm';
import { defined, type GrowingText } from '@mortise/core/shared';
import { countOf, objectOf, objectsOf, stringOf, type WireBody } from './convert.ts';

/** What a citation belongs to: the answer, the thinking, or the tool plan. */
export function targetOf(citation: WireBody): 'text' | 'thinking' | 'plan' {
  switch (citation['type']) {
    case 'THINKING_CONTENT':
      return 'thinking';
    case 'PLAN':
      return 'plan';
    default:
      return 'text';
  }
}

/** One block for each source; the first carries Cohere's own object, which goes back in the next request. */
export function toCitationBlocks(citation: WireBody, text: GrowingText): CitationBlock[] {
  const place = placeOf(citation, text);
  const sources = objectsOf(citation['sources']);
  return (sources.length === 0 ? [{}] : sources).map((source, at) => {
    const { title, url } = describe(source);
    const providerMetadata: ProviderMetadata | undefined = at === 0 ? { cohere: { citation } } : undefined;
    return defined({
      type: 'citation' as const,
      url,
      title,
      source: idOf(source),
      ...place,
      providerMetadata,
    });
  });
}

/** `doc:N` is our own name for the N-th document of the request. */
function idOf(source: WireBody): string | number | undefined {
  const id = stringOf(source['id']);
  const own = id === undefined ? null : /^doc:(\d+)$/.exec(id);
  return own === null ? id : Number(own[1]);
}

function describe(source: WireBody): { title?: string | undefined; url?: string | undefined } {
  const { title, url } = { ...objectOf(source['tool_output']), ...objectOf(source['document']) };
  return { title: stringOf(title), url: stringOf(url) };
}

/**
 * Where the cited words stand in the text, in UTF-16 units. Cohere does not say in which units it counts, so what it
 * gives is tried against the words that it gives besides, as UTF-16 units and as characters; a place that does not hold
 * those words is left out.
 */
function placeOf(citation: WireBody, text: GrowingText): { start?: number; end?: number } {
  const start = countOf(citation['start']);
  const end = countOf(citation['end']);
  const words = citation['text'];
  if (start === undefined || end === undefined) return {};
  if (typeof words !== 'string') return { start, end };
  if (end - start === words.length && holds(text, words, start)) return { start, end };
  const before = text.unitsOf(start);
  if (holds(text, words, before)) return { start: before, end: before + words.length };
  return {};
}

function holds(text: GrowingText, words: string, start: number): boolean {
  return text.slice(start, start + words.length) === words;
}
