import { createGptTokenizer, GptTokenizer, type GptTokenizerOptions } from '@mortise/gpt-tokenizer';
import { call, fuzz } from './fuzz.ts';

const tokenizer = await createGptTokenizer({ encoding: 'cl100k_base' });

fuzz('integrations/gpt-tokenizer', [
  call(
    'createGptTokenizer',
    () => [{ encoding: 'cl100k_base' }] as [GptTokenizerOptions],
    (options) => createGptTokenizer(options),
  ),
  call(
    'GptTokenizer.count',
    () => ['a text'] as [string],
    (text) => tokenizer.count(text),
  ),
  call(
    'GptTokenizer.encode',
    () => ['a text'] as [string],
    (text) => tokenizer.encode(text),
  ),
  call(
    'GptTokenizer.decode',
    () => [[1, 2]] as [number[]],
    (tokens) => tokenizer.decode(tokens),
  ),
  call(
    'GptTokenizer',
    () =>
      [
        'own',
        { encode: () => [0], countTokens: () => 1, decode: () => 'a' },
        ['a', [98]],
      ] as ConstructorParameters<typeof GptTokenizer>,
    (...given) => {
      const own = new GptTokenizer(...given);
      return [own.count('a'), own.encode('a'), own.decode([0, 1, 5])];
    },
  ),
]);
