// #region modules
import * as encoding from 'gpt-tokenizer/encoding/o200k_base';
import ranks from 'gpt-tokenizer/bpeRanks/o200k_base';
import { GptTokenizer } from '@mortise/gpt-tokenizer';

const tokenizer = new GptTokenizer('o200k_base', encoding, ranks);
// #endregion
console.log(tokenizer.count('How many tokens is this?'));
