import type { LLM } from '@mortise/core';
import type { QueryEngine } from '@mortise/core/query-engine';
import { checkOptions, requireMembers } from '@mortise/core/shared';
import { engineEvents, withSteps } from '../answer.ts';
import { writerOf, type WritingChatOptions } from '../synthesizer/ask.ts';
import { ChatEngine } from './chat-engine.ts';
import type { ChatMemoryOptions } from './chat-memory.ts';
import { condense, CONDENSE_PROMPT, type CondensePrompt } from './condense.ts';

export interface CondenseChatEngineOptions extends ChatMemoryOptions {
  /** Default: `CONDENSE_PROMPT`. */
  condensePrompt?: CondensePrompt | undefined;
  /** Goes with every call to the model that writes the question. */
  chat?: WritingChatOptions | undefined;
}

/**
 * A conversation with a query engine: the model writes each message as a question that stands by itself, and the engine
 * answers that. The engine knows nothing of the conversation, so any engine fits, routers and sub-questions included.
 * The answer's metadata tell the `question` that was asked.
 *
 * ```ts
 * const chat = createCondenseChatEngine({ llm, engine });
 * await chat.chat('Who wrote Faust?');
 * await chat.chat('When was he born?'); // asks the engine when Goethe was born
 * ```
 */
export function createCondenseChatEngine(
  parts: { readonly llm: LLM; readonly engine: QueryEngine },
  options: CondenseChatEngineOptions = {},
): ChatEngine {
  const { llm, engine } = checkOptions(parts, 'configuration');
  const { condensePrompt = CONDENSE_PROMPT, chat, ...memory } = checkOptions(options, 'configuration');
  requireMembers(engine, ['query', 'streamQuery'], 'engine', 'QueryEngine');
  const writer = writerOf(llm, { chat, tokenizer: memory.tokenizer });
  return new ChatEngine(async function* (turn) {
    const { question, usages, warnings } = await condense(writer, condensePrompt, turn);
    const events = engineEvents(engine, question, turn.options, turn.call);
    yield* withSteps(events, { usages, warnings, metadata: { question } });
  }, memory);
}
