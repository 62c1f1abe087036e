import { Buffer } from 'node:buffer';
import type { JsonObject } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import { TEXT } from './answers.ts';
import { connect, respondWith, type LLMCaseContext } from './lab.ts';

/** What was sent, with what stands in it as base64: some wires carry a document's text so. */
export function withTexts(sent: string): string {
  const texts = [...sent.matchAll(/"((?:[A-Za-z0-9+/]{4}){2,}[A-Za-z0-9+/=]{0,4})"/g)].map(
    ([, base64 = '']) => Buffer.from(base64, 'base64').toString('utf8'),
  );
  return [sent, ...texts].join('\n');
}

/** The body that one call sends; undefined where it is refused as `unsupported`, and nothing is sent. */
export async function sentOrRefused(
  context: LLMCaseContext,
  input: ChatInput,
  options: ChatOptions = {},
): Promise<JsonObject | undefined> {
  const { wire, llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
  const call = llm.chat(input, options);
  const refused = await call.then(
    () => false,
    () => true,
  );
  if (refused) await context.check.error(call, 'unsupported', 'the refusal');
  context.check.equal(wire.requests.length, refused ? 0 : 1, 'the number of requests');
  return refused ? undefined : objectAt(wire.requests[0]?.body);
}

/** The body that one call sends. */
export async function sentBody(
  context: LLMCaseContext,
  input: ChatInput,
  options: ChatOptions = {},
): Promise<JsonObject> {
  const { wire, llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
  await llm.chat(input, options);
  context.check.equal(wire.requests.length, 1, 'the number of requests');
  return objectAt(wire.requests[0]?.body);
}
