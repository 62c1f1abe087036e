import { sha256Hex } from '@mortise/core/shared';
import type { Node } from '@mortise/core/retriever';
import { foldCase } from '../folding.ts';
import { FUNCTION_WORDS, toTerm, wordsOf } from './terms.ts';

/** How words become terms. */
export interface AnalysisOptions {
  /** A word as it is indexed; an empty string leaves it out. Default: lower case, English words by Porter's stemmer. */
  toTerm?: ((word: string) => string) | undefined;
  /**
   * Names your `toTerm`, and changes with it: a document store that keeps words needs to know whether they are still the
   * same. Without one, words cut by a `toTerm` of your own are kept in memory.
   */
  fingerprint?: string | undefined;
  /**
   * Words, in lower case, that a query has whatever it is about: they are searched for only where it has no others, and
   * do not count towards `evidence.coverage`. Default: English function words.
   */
  functionWords?: ReadonlySet<string> | undefined;
}

/** Changes with `indexedText`. */
const VERSION = 'mortise-words-1';
/** What words are made of it tells one version of the cutting, folding and stemming from another. */
const PROBE =
  'The universities were running: co-operation, na\u00efve cafe\u0301s, \ufb01ne \uff21\uff22\uff11\uff12, 3.14 don\u2019t e-mail x\u00ady z\u200bq ' +
  'Stra\u00dfe \u0130stanbul \u03a3\u0391\u03a3 \u6771\u4eac\u306b\u884c\u304d\u307e\u3057\u305f \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 \u0645\u064f\u062f\u0631\u0651\u0633 snake_case 10\u2076 \u00bd I\u00b2C';

/** Turns nodes and queries into terms, equally for every store. */
export class Analysis {
  readonly #name: string | undefined;
  readonly #toTerm: (word: string) => string;
  readonly #functionWords: ReadonlySet<string>;

  constructor(options: AnalysisOptions = {}) {
    this.#toTerm = options.toTerm ?? toTerm;
    this.#functionWords = options.functionWords ?? FUNCTION_WORDS;
    const { fingerprint } = options;
    if (options.toTerm === undefined) this.#name = 'default';
    else this.#name = fingerprint === undefined ? undefined : `own ${fingerprint}`;
  }

  /** The same for the same terms of the same texts; undefined where nobody can tell. */
  get fingerprint(): string | undefined {
    if (this.#name === undefined) return undefined;
    return sha256Hex(JSON.stringify([VERSION, this.#name, this.#terms(wordsOf(PROBE))])).slice(0, 32);
  }

  /** The terms of a node, in the order of its words. */
  ofNode(node: Node): string[] {
    return this.#terms(wordsOf(indexedText(node)));
  }

  /** The query's terms with how often each stands in it; function words where there is nothing else. */
  ofQuery(query: string): Map<string, number> {
    const words = wordsOf(query);
    const content = words.filter((word) => !this.#functionWords.has(foldCase(word)));
    return counted(this.#terms(content.length === 0 ? words : content));
  }

  #terms(words: readonly string[]): string[] {
    return words.map((word) => this.#toTerm(word)).filter((term) => term !== '');
  }
}

/** How often each term stands in a list. */
export function counted(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** What the metadata say, but for the names of their members, and the text. */
function indexedText(node: Node): string {
  const excluded = new Set(node.excludedEmbedMetadataKeys);
  const about = Object.entries(node.metadata)
    .filter(([key]) => !excluded.has(key))
    .map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [...about, node.text].join('\n');
}
