import { MortiseError } from '../errors.ts';
import { checkSource, object, required } from '../llm/check-source.ts';
import { MEDIA_TOKENS } from '../llm/estimate.ts';
import type { ContentBlock, MediaSource } from '../llm/message-contract.ts';
import { base64Of } from '../shared/base64.ts';
import { isObject } from '../shared/json.ts';
import { reading } from '../shared/options.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import type { EmbeddingInput, EmbeddingModel } from './contract.ts';

/** What one request takes. Absent is unbounded. */
export interface BatchLimits {
  readonly maxSize: number;
  readonly maxTokens?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/** What one text adds to a batch. */
export interface BatchCost {
  readonly tokens: number;
  readonly bytes: number;
}

type Asked = Pick<EmbeddingModel, 'provider' | 'model' | 'metadata'>;

/**
 * Throws for an input that no request can be made of, and names its place: `unsupported` for blocks that the model does not
 * declare, `invalid-request` for what is no input at all.
 */
export function checkInput(asked: Asked, input: unknown, index: number): void {
  if (typeof input === 'string' && input !== '') return;
  const { provider, model, metadata } = asked;
  if (input === '' && metadata.acceptsEmpty === true) return;
  const about = { provider, model };
  if (!Array.isArray(input) || input.length === 0) {
    const no = typeof input === 'string' || Array.isArray(input);
    const what = no ? 'is empty, which the model does not embed' : 'is not a string or a list of blocks';
    throw new MortiseError('invalid-request', `Text ${index} ${what}. Leave it out.`, about);
  }
  const { inputModalities: takes = ['text'] } = metadata;
  const takesBlocks = takes.some((modality) => modality !== 'text');
  reading('The blocks', () => {
    // By index: a list with holes has no block there.
    for (let at = 0; at < input.length; at++) {
      const place = `texts[${index}][${at}]`;
      const { type, text, source } = object(input[at], place, 'a block');
      required(type, 'string', `${place}.type`);
      if (!takesBlocks || !takes.includes(type as string)) {
        const remedy = takesBlocks ? '' : ', given as strings';
        const message = `${place} is a block of type ${String(type)}; ${model} embeds ${takes.join(', ')} alone${remedy}.`;
        throw new MortiseError('unsupported', message, about);
      }
      if (type !== 'text') checkSource(source, `${place}.source`, type === 'document');
      else {
        required(text, 'string', `${place}.text`);
        if (text === '')
          throw new MortiseError('invalid-request', `${place}.text is empty. Leave it out.`, about);
      }
    }
  });
}

/**
 * One string for equal inputs, and another for others: a text itself, and blocks as their JSON after a NUL, whatever the order
 * of their members. A text that begins with a NUL gets one more, so that no text has the key of blocks.
 */
export function inputKey(input: EmbeddingInput): string {
  if (typeof input === 'string') return input.charCodeAt(0) === 0 ? `\0${input}` : input;
  return reading('The blocks', () => `\0${JSON.stringify(plainBlocks(input), sorted)}`);
}

const sorted = (_name: string, value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Blocks that JSON can hold: bytes are their base64, whichever of the two was given. */
export function plainBlocks(blocks: readonly ContentBlock[]): object[] {
  return blocks.map((block) => {
    const { source } = block as { source?: MediaSource };
    if (source === undefined || !('data' in source)) return block;
    return { ...block, source: { ...source, data: base64Of(source.data) } };
  });
}

/**
 * What an input adds to a batch: tokens where there is somebody to count them, and `bytes` where they are asked for. An
 * image has the tokens of a large one, and the bytes of its base64 or of its address.
 */
export function inputCost(
  input: EmbeddingInput,
  tokenizer: TokenCounter | undefined,
  bytes: boolean,
): BatchCost {
  if (typeof input === 'string')
    return {
      tokens: tokenizer === undefined ? 0 : reading('tokenizer', () => tokenizer.count(input)),
      bytes: bytes ? utf8Length(input) : 0,
    };
  const cost = { tokens: 0, bytes: 0 };
  for (const block of input) {
    const { text = '', source } = block as { text?: string; source?: MediaSource };
    const added =
      source === undefined
        ? inputCost(text, tokenizer, bytes)
        : { tokens: MEDIA_TOKENS, bytes: sizeOf(source) };
    cost.tokens += added.tokens;
    cost.bytes += added.bytes;
  }
  return cost;
}

function sizeOf(source: MediaSource): number {
  if ('url' in source) return utf8Length(source.url);
  return typeof source.data === 'string' ? source.data.length : Math.ceil(source.data.length / 3) * 4;
}

/** Bytes of a string as UTF-8, without encoding it. A lone surrogate counts as its replacement, three bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else bytes += 2;
    // A pair is four bytes for two units: two are counted with the units, two just now.
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) i++;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/**
 * Collects items into the fullest batches that keep the order and stay within the limits. An item that is above a
 * limit by itself makes a batch of its own.
 */
export class Batcher<T extends BatchCost> {
  readonly #limits: BatchLimits;
  #items: T[] = [];
  #tokens = 0;
  #bytes = 0;
  /** Items of the batch so far. */
  size = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** Whether `item` may join the batch as it stands. An empty batch takes anything. */
  fits({ tokens, bytes }: BatchCost): boolean {
    const { maxSize, maxTokens = Infinity, maxBytes = Infinity } = this.#limits;
    if (this.size === 0) return true;
    if (this.size >= maxSize) return false;
    return this.#tokens + tokens <= maxTokens && this.#bytes + bytes <= maxBytes;
  }

  add(item: T): void {
    this.size = this.#items.push(item);
    this.#tokens += item.tokens;
    this.#bytes += item.bytes;
  }

  /** The batch so far; the next one begins. */
  take(): { readonly items: T[]; readonly tokens: number } {
    const taken = { items: this.#items, tokens: this.#tokens };
    [this.#items, this.#tokens, this.#bytes, this.size] = [[], 0, 0, 0];
    return taken;
  }
}
