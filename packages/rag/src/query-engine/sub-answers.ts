import { contentKey, type NodeWithScore } from '@mortise/core/retriever';
import type { QueryResponse } from '@mortise/core/synthesizer';
import type { NumberedText } from '../synthesizer/prompt.ts';

/** Answers with one list of sources, which their citations name by its numbers. */
export interface JoinedAnswers {
  readonly sources: NodeWithScore[];
  readonly answers: readonly NumberedText[];
  /** Citations that named no source, and were taken out: in the joined list their number would be another source's. */
  readonly dropped: number;
}

/** Joins the sources of several answers, each content of each source document once, and renumbers what cites them. */
export function joinAnswers(
  answered: readonly { readonly question: string; readonly response: QueryResponse }[],
): JoinedAnswers {
  const sources: NodeWithScore[] = [];
  const numbers = new Map<string, number>();
  let dropped = 0;
  const answers = answered.map(({ question, response }): NumberedText => {
    const own = response.sources.map((source) => {
      const key = contentKey(source.node);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      sources.push({ ...source });
      numbers.set(key, sources.length);
      return sources.length;
    });
    const renumbered = renumber(response, own);
    dropped += renumbered.dropped;
    return { about: question, text: renumbered.text };
  });
  return { sources, answers, dropped };
}

function renumber(
  { text, citations }: QueryResponse,
  numbers: readonly number[],
): { text: string; dropped: number } {
  let result = '';
  let at = 0;
  let dropped = 0;
  // Citations of one marker share its place: `[1, 3]` becomes `[4][7]`.
  for (const { number, start, end } of citations.toSorted((a, b) => a.start - b.start)) {
    if (start >= at) result += text.slice(at, start);
    at = Math.max(at, end);
    const joined = numbers[number - 1];
    if (joined === undefined) dropped += 1;
    else result += `[${joined}]`;
  }
  return { text: result + text.slice(at), dropped };
}
