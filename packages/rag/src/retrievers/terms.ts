import { stemmer } from 'stemmer';
import { foldCase, foldForm } from '../folding.ts';

/** Letters, marks and digits of any script; everything else separates words. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
let segmenter: Intl.Segmenter | undefined;

/** The words of a text, in order, in one form: see `foldForm`. */
export function wordsOf(text: string): string[] {
  const words = foldForm(text).match(WORD) ?? [];
  return words.flatMap((word) => (UNSPACED.test(word) ? segmented(word) : [word]));
}

function segmented(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * A word as it is indexed: in lower case, and an English one without its suffixes, by Porter's stemmer ("An algorithm for
 * suffix stripping", Program 14(3), 1980). Words with other letters than a to z are left whole.
 */
export function toTerm(word: string): string {
  const term = foldCase(word);
  return /^[a-z]+$/.test(term) ? stemmer(term) : term;
}

/**
 * A milder `toTerm`, for whom a word must not stand for its relatives ("universe" for "university"): lower case, English
 * plurals as their singular, by the three rules of Harman's S stemmer ("How effective is suffixing?", JASIS 42(1), 1991).
 */
export function singularTerm(word: string): string {
  const term = foldCase(word);
  if (/[^ae]ies$/.test(term) && term.length > 4) return `${term.slice(0, -3)}y`;
  if (/[^aeo]es$/.test(term) && term.length > 3) return term.slice(0, -1);
  return /[^us]s$/.test(term) && term.length > 2 ? term.slice(0, -1) : term;
}

/** English words that a question has whatever it is about: how many of them a text holds says nothing. */
export const FUNCTION_WORDS: ReadonlySet<string> = /* @__PURE__ */ words(
  'a about after all also am an and any are as at be because been before being between both but by can could did do does ' +
    'doing down during each few for from further get got had has have having he her here hers him his how i if in into is ' +
    'it its just me more most my no nor not of off on once only or other our ours out over own same shall she should so ' +
    'some such than that the their theirs them then there these they this those through to too under until up us use used ' +
    'using very was way we were what when where which while who whom whose why will with within without would you your yours',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
