import type { JsonObject } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import { TEXT } from './answers.ts';
import { connect, telling, type LLMTrial } from './lab.ts';

/** The body that one call sends. */
export async function sentBody(
  trial: LLMTrial,
  input: ChatInput,
  options: ChatOptions = {},
): Promise<JsonObject> {
  const { wire, llm } = await connect(trial, telling(trial.subject.dialect, TEXT));
  await llm.chat(input, options);
  trial.check.equal(wire.requests.length, 1, 'the number of requests');
  return objectAt(wire.requests[0]?.body);
}
