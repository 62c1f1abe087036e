import type { Warning } from '../call/contract.ts';
import { MortiseError } from '../errors.ts';
import type { LLMMetadata } from './contract.ts';
import type { ChatMessage } from './message-contract.ts';
import { blocksOf } from './message.ts';

/**
 * C-08: cache points and names of speakers are preferences. Where the model does not declare `caching` or `names` they are
 * left out with a warning, and under `strict` they are `unsupported`: in one place, for all integrations.
 */
export function withoutUndeclared(
  messages: readonly ChatMessage[],
  { provider, model, metadata }: { provider: string; model: string; metadata: LLMMetadata },
  strict: boolean,
): { readonly messages: readonly ChatMessage[]; readonly warnings: readonly Warning[] } {
  const { caching, names } = metadata.capabilities;
  const warnings: Warning[] = [];
  const leaveOut = (setting: string, capability: string, more = ''): void => {
    const message = `${setting} was left out: ${model} is not declared to take any. ${more}Declare metadata.capabilities.${capability} for a model that does.`;
    if (strict) throw new MortiseError('unsupported', message, { provider, model });
    warnings.push({ type: 'unsupported-setting', setting, message });
  };
  let kept = messages;
  if (caching !== true && kept.some(isMarked)) {
    leaveOut('cache-point', 'caching', 'A provider that caches by itself needs none. ');
    kept = kept.flatMap((each): readonly ChatMessage[] => {
      if (!isMarked(each)) return [each];
      const content = blocksOf(each).filter(({ type }) => type !== 'cache-point');
      // Providers refuse a message that says nothing.
      return content.length === 0 ? [] : [{ ...each, content }];
    });
  }
  if (names !== true && kept.some(({ name }) => name !== undefined)) {
    leaveOut('name', 'names');
    kept = kept.map(({ name: _name, ...message }) => message);
  }
  return { messages: kept, warnings };
}

function isMarked(message: ChatMessage): boolean {
  return blocksOf(message).some(({ type }) => type === 'cache-point');
}
