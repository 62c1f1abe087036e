import { reading } from '../shared/options.ts';
import type { TokenCounter } from './contract.ts';

/**
 * An estimate, not a tokenizer: four UTF-16 units are a token, rounded up, which is what English prose comes to in
 * today's vocabularies; a unit of Chinese, Japanese or Korean counts as a whole token. Use a real one where a limit
 * is hard.
 */
export const estimateTokenizer: TokenCounter = {
  name: 'estimate-4',
  count(text) {
    // Not by the list of its matches, which is a string for each of them: 25 times as long.
    const wide = reading('The text', () => text.length - text.replace(WIDE, '').length);
    return wide + Math.ceil((text.length - wide) / 4);
  },
};

/** Kana, CJK ideographs of the basic plane, Hangul syllables. */
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/g;
