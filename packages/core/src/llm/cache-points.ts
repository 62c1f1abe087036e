import type { Warning } from '../call/contract.ts';
import { MortiseError } from '../errors.ts';
import type { LLMMetadata } from './contract.ts';
import type { ChatMessage } from './message-contract.ts';
import { blocksOf } from './message.ts';

/**
 * C-08: a cache point is a preference. Where the model does not declare `caching` it is left out with a warning, and under
 * `strict` it is `unsupported`: in one place, for all integrations.
 */
export function withoutCachePoints(
  messages: readonly ChatMessage[],
  { provider, model, metadata }: { provider: string; model: string; metadata: LLMMetadata },
  strict: boolean,
): { readonly messages: readonly ChatMessage[]; readonly warnings: readonly Warning[] } {
  const isMarked = (message: ChatMessage): boolean =>
    blocksOf(message).some(({ type }) => type === 'cache-point');
  if (metadata.capabilities.caching === true || !messages.some(isMarked)) return { messages, warnings: [] };
  const message = `cache-point was left out: ${model} is not declared to take any. A provider that caches by itself needs none; declare metadata.capabilities.caching for a model that does.`;
  if (strict) throw new MortiseError('unsupported', message, { provider, model });
  return {
    messages: messages.flatMap((each): readonly ChatMessage[] => {
      if (!isMarked(each)) return [each];
      const content = blocksOf(each).filter(({ type }) => type !== 'cache-point');
      // Providers refuse a message that says nothing.
      return content.length === 0 ? [] : [{ ...each, content }];
    }),
    warnings: [{ type: 'unsupported-setting', setting: 'cache-point', message }],
  };
}
