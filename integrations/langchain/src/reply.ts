import type { Warning } from '@mortise/core';
import type { ChatReply, FinishReason, Usage } from '@mortise/core/llm';
import { defined, isObject, type JsonObject } from '@mortise/core/shared';
import { malformed, type About } from '@mortise/core/wire';
import { OWNER } from './blocks.ts';
import { contentOf } from './from-messages.ts';
import { rawCreatedAt, rawOf } from './raw.ts';
import { countOf, objectOf, objectsOf, plainOrNothing, textOf, type Members } from './values.ts';

/** A whole reply. */
export function fromReply(message: unknown, about: About): ChatReply & { readonly isSaid: boolean } {
  if (!isObject(message) || !('content' in message)) throw malformed('no message', about);
  const content = contentOf(message);
  const reason = reasonOf(message);
  const called = content.some(({ type }) => type === 'tool-call');
  return {
    content: plainOrNothing(content) ?? content,
    finishReason: finishOf(reason, called),
    usage: fromUsage(message),
    ...aboutReply(message),
    warnings: warningsOf(message),
    isSaid: reason !== undefined,
  };
}

/** What is said of a reply beside its content. */
export function aboutReply(
  message: Members,
): Pick<ChatReply, 'id' | 'model' | 'createdAt' | 'providerMetadata'> {
  const said = objectOf(message['response_metadata']);
  const metadata = Object.keys(said).length === 0 ? undefined : plainOrNothing(said);
  return defined({
    ...startOf(message),
    providerMetadata: metadata === undefined ? undefined : { [OWNER]: metadata },
  });
}

/** What a model of ours in a class of theirs warned of. */
export function warningsOf(message: Members): Warning[] {
  const { warnings } = objectOf(objectOf(message['response_metadata'])['mortise']);
  return objectsOf(warnings).flatMap(({ type, setting, message: text }): Warning[] => {
    if (typeof type !== 'string' || typeof text !== 'string') return [];
    return [{ type, message: text, ...(typeof setting === 'string' ? { setting } : {}) }];
  });
}

/** Ids that LangChain.js makes of its runs are not the provider's. */
export function startOf(message: Members): { id?: string; model?: string; createdAt?: string } {
  const said = objectOf(message['response_metadata']);
  const id = textOf(message['id']);
  return defined({
    id: id?.startsWith('run-') === true ? undefined : id,
    model:
      textOf(said['model_name']) ??
      textOf(said['model']) ??
      textOf(objectOf(message['additional_kwargs'])['model']) ??
      textOf(rawOf(message)['model']),
    // Of a model of ours in a class of theirs, or of OpenAI's.
    createdAt: textOf(objectOf(said['mortise'])['createdAt']) ?? rawCreatedAt(message),
  });
}

/** The provider's word for the end, wherever its integration of theirs puts it. */
export function reasonOf(message: Members): string | undefined {
  const said = objectOf(message['response_metadata']);
  const more = objectOf(message['additional_kwargs']);
  const incomplete = objectOf(said['incomplete_details'])['reason'];
  const stopped = objectOf(said['messageStop'])['stopReason'];
  const words = ['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'done_reason'].flatMap(
    (name) => [said[name], more[name]],
  );
  return [...words, stopped, incomplete, said['status']].map(textOf).find((word) => word !== undefined);
}

const ENDS: Readonly<Record<string, readonly string[]>> = {
  stop: ['stop', 'end_turn', 'stop_sequence', 'complete', 'completed', 'eos', 'eos_token', 'finish'],
  length: ['length', 'max_tokens', 'model_length', 'max_output_tokens', 'model_context_window_exceeded'],
  'tool-calls': ['tool_calls', 'tool_use', 'tool_call', 'function_call'],
  'content-filter': [
    ...['content_filter', 'content_filtered', 'guardrail_intervened', 'refusal', 'safety', 'recitation'],
    ...['blocklist', 'prohibited_content', 'spii', 'language', 'image_safety'],
  ],
  pause: ['pause_turn'],
};

export function finishOf(reason: string | undefined, called: boolean): FinishReason {
  const raw = reason ?? '';
  const word = raw.toLowerCase();
  const unified = Object.keys(ENDS).find((end) => ENDS[end]?.includes(word)) ?? 'other';
  return { unified: called && (unified === 'stop' || raw === '') ? 'tool-calls' : unified, raw };
}

/** Counts that are no numbers are absent. L-01: theirs, too, are whole counts and their parts. */
export function fromUsage(message: Members): Usage {
  const said = message['usage_metadata'];
  if (!isObject(said)) return {};
  const input = objectOf(said['input_token_details']);
  const output = objectOf(said['output_token_details']);
  const about = objectOf(message['response_metadata']);
  const raw = [about['usage'], about['tokenUsage']].find(
    (each) => isObject(each) && Object.keys(each).length > 0,
  );
  // ChatAnthropic fills in zeros for what the server did not count.
  const isFilling = about['model_provider'] === 'anthropic';
  const unlessFilled = (count: number | undefined, name: string): number | undefined =>
    isFilling && count === 0 && countOf(objectOf(raw)[name]) === undefined ? undefined : count;
  return defined({
    inputTokens: countOf(said['input_tokens']),
    outputTokens: countOf(said['output_tokens']),
    totalTokens: countOf(said['total_tokens']),
    cachedInputTokens: unlessFilled(countOf(input['cache_read']), 'cache_read_input_tokens'),
    cacheWriteTokens: unlessFilled(countOf(input['cache_creation']), 'cache_creation_input_tokens'),
    reasoningTokens: countOf(output['reasoning']),
    raw: plainOrNothing(raw ?? said) as JsonObject | undefined,
  });
}
