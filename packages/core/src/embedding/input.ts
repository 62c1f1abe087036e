import { reading } from '../shared/inputs.ts';
import { MortiseError } from '../errors.ts';
import { checkSource, object, required } from '../llm/check-source.ts';
import { MEDIA_TOKENS } from '../llm/estimate.ts';
import type { ContentBlock, MediaSource } from '../llm/message-contract.ts';
import { base64Of } from '../shared/base64.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { utf8Length, type BatchCost } from './batch.ts';
import type { EmbeddingInput, EmbeddingModel } from './contract.ts';

type Asked = Pick<EmbeddingModel, 'provider' | 'model' | 'metadata'>;

/**
 * Throws for an input that no request can be made of, and names its place: `unsupported` for blocks that the model does not
 * declare, `invalid-request` for what is no input at all.
 */
export function checkInput({ provider, model, metadata }: Asked, input: unknown, index: number): void {
  if (typeof input === 'string' && (input !== '' || metadata.acceptsEmpty === true)) return;
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
 * One string for equal inputs, and another for others: a text itself, and blocks as their canonical JSON after a NUL. A
 * text that begins with a NUL gets one more, so that no text has the key of blocks.
 */
export function inputKey(input: EmbeddingInput): string {
  if (typeof input !== 'string') return `\0${blocksJson(input)}`;
  return input.startsWith('\0') ? `\0${input}` : input;
}

/** Blocks as canonical JSON: bytes are their base64, whichever of the two was given. */
export function blocksJson(blocks: readonly ContentBlock[]): string {
  const plain = blocks.map((block) => {
    const { source } = block as { source?: MediaSource };
    if (source === undefined || !('data' in source)) return block;
    return { ...block, source: { ...source, data: base64Of(source.data) } };
  });
  return canonicalJson(plain);
}

/**
 * What an input adds to a batch. An image has the tokens of a large one, and the bytes of its base64 or of its address.
 */
export function inputCost(input: EmbeddingInput, costOf: (text: string) => BatchCost): BatchCost {
  if (typeof input === 'string') return costOf(input);
  const cost = { tokens: 0, bytes: 0 };
  for (const block of input) {
    const { text, source } = block as { text?: string; source?: MediaSource };
    const added = source === undefined ? costOf(text ?? '') : { tokens: MEDIA_TOKENS, bytes: sizeOf(source) };
    cost.tokens += added.tokens;
    cost.bytes += added.bytes;
  }
  return cost;
}

function sizeOf(source: MediaSource): number {
  if ('url' in source) return utf8Length(source.url);
  return typeof source.data === 'string' ? source.data.length : Math.ceil(source.data.length / 3) * 4;
}
