import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOAT, INT64, onnxModel, type Node, type Port } from './onnx.ts';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
/** Words that the tokenizer knows; each is one token. */
export const WORDS = [
  'a',
  'b',
  'c',
  'dog',
  'cat',
  'the',
  'runs',
  'query:',
  'passage:',
  'text',
  'third',
  'grüße',
  '😀',
];
const VOCABULARY = [...SPECIAL, ...WORDS];

/** Numbers in a token's vector. */
export const SIZE = 4;
/** Tokens that the models take, `[CLS]` and `[SEP]` included. */
export const MOST_TOKENS = 16;

/** The vector of a word, as the model has it. */
export function vectorOf(word: string): number[] {
  const id = Math.max(VOCABULARY.indexOf(word), 1);
  return Array.from({ length: SIZE }, (_, at) => Math.fround(Math.sin(id * SIZE + at)));
}

/** What the classifier adds to the score of a text for a word; `[CLS]` and `[SEP]` add nothing. */
export function weightOf(word: string): number {
  return word === '[PAD]' ? 50 : WORDS.indexOf(word) + 1;
}

const tokens: readonly Port[] = ['input_ids', 'attention_mask'].map((name) => ({
  name,
  type: INT64,
  dims: ['batch', 'tokens'],
}));
/** The sum of what stands for the tokens, padding left out by the mask. */
function summed(of: string, output: string): Node[] {
  return [
    { op: 'Cast', inputs: ['attention_mask'], outputs: ['weights_of_tokens'], attributes: { to: FLOAT } },
    { op: 'Unsqueeze', inputs: ['weights_of_tokens', 'last'], outputs: ['mask'] },
    { op: 'Mul', inputs: [of, 'mask'], outputs: ['attended'] },
    { op: 'ReduceSum', inputs: ['attended', 'axes'], outputs: [output], attributes: { keepdims: 0 } },
  ];
}
const AXES = [
  { name: 'axes', dims: [1], data: BigInt64Array.of(1n) },
  { name: 'last', dims: [1], data: BigInt64Array.of(2n) },
];

const LOOK_UP = { op: 'Gather', inputs: ['table', 'input_ids'], attributes: { axis: 0 } };

/** The last state of each token is what a table says for it. */
function embeddingModel(): Uint8Array {
  const table = Float32Array.from(VOCABULARY.flatMap(vectorOf));
  const nodes: Node[] = [{ ...LOOK_UP, outputs: ['last_hidden_state'] }];
  const output = { name: 'last_hidden_state', type: FLOAT, dims: ['batch', 'tokens', SIZE] };
  return onnxModel(nodes, [{ name: 'table', dims: [VOCABULARY.length, SIZE], data: table }], tokens, [
    output,
  ]);
}

/** The same with a pooling of its own: the sum of the tokens. */
function pooledModel(): Uint8Array {
  const table = Float32Array.from(VOCABULARY.flatMap(vectorOf));
  return onnxModel(
    [{ ...LOOK_UP, outputs: ['last_hidden_state'] }, ...summed('last_hidden_state', 'sentence_embedding')],
    [{ name: 'table', dims: [VOCABULARY.length, SIZE], data: table }, ...AXES],
    tokens,
    [
      { name: 'last_hidden_state', type: FLOAT, dims: ['batch', 'tokens', SIZE] },
      { name: 'sentence_embedding', type: FLOAT, dims: ['batch', SIZE] },
    ],
  );
}

/** A class's number is the sum of what its words weigh; of several classes, the last says the most. */
function classifier(classes: number): Uint8Array {
  const weights = VOCABULARY.flatMap((word) =>
    Array.from({ length: classes }, (_, at) => ((at + 1) * weightOf(word)) / 10),
  );
  return onnxModel(
    [{ ...LOOK_UP, outputs: ['weights'] }, ...summed('weights', 'logits')],
    [{ name: 'table', dims: [VOCABULARY.length, classes], data: Float32Array.from(weights) }, ...AXES],
    tokens,
    [{ name: 'logits', type: FLOAT, dims: ['batch', classes] }],
  );
}

const special = (token: string): object => ({ SpecialToken: { id: token, type_id: 0 } });
const sequence = (id: 'A' | 'B'): object => ({ Sequence: { id, type_id: id === 'A' ? 0 : 1 } });

/** Words between spaces, in lower case, as BERT's are framed. */
const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: SPECIAL.map((content, id) => ({
    ...{ id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]'), sequence('A'), special('[SEP]')],
    pair: [special('[CLS]'), sequence('A'), special('[SEP]'), sequence('B'), special('[SEP]')],
    special_tokens: Object.fromEntries(
      ['[CLS]', '[SEP]'].map((token) => [
        token,
        { id: token, ids: [VOCABULARY.indexOf(token)], tokens: [token] },
      ]),
    ),
  },
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    unk_token: '[UNK]',
  },
};

/** Folders as they stand on the hub, made anew in a folder of their own: no model is downloaded, and none stands in the repository. */
export function tinyModels(): { readonly folder: string; [Symbol.dispose](): void } & Record<
  'embedding' | 'pooled' | 'reranker' | 'twoClasses' | 'threeClasses',
  string
> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-models-'));
  const made = (name: string, architecture: string, model: Uint8Array): string => {
    const path = join(folder, name);
    mkdirSync(join(path, 'onnx'), { recursive: true });
    const config = {
      model_type: 'bert',
      architectures: [architecture],
      hidden_size: SIZE,
      max_position_embeddings: MOST_TOKENS,
    };
    const [unk_token, cls_token, sep_token, pad_token] = ['[UNK]', '[CLS]', '[SEP]', '[PAD]'];
    const tokenizer = {
      tokenizer_class: 'BertTokenizer',
      model_max_length: 1e30,
      ...{ unk_token, cls_token, sep_token, pad_token },
    };
    writeFileSync(join(path, 'config.json'), JSON.stringify(config));
    writeFileSync(join(path, 'tokenizer_config.json'), JSON.stringify(tokenizer));
    writeFileSync(join(path, 'tokenizer.json'), JSON.stringify(TOKENIZER));
    writeFileSync(join(path, 'onnx/model.onnx'), model);
    return path;
  };
  const classes = (name: string, count: number): string =>
    made(name, 'BertForSequenceClassification', classifier(count));
  return {
    folder,
    embedding: made('embedding', 'BertModel', embeddingModel()),
    pooled: made('pooled', 'BertModel', pooledModel()),
    reranker: classes('reranker', 1),
    twoClasses: classes('two', 2),
    threeClasses: classes('three', 3),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
