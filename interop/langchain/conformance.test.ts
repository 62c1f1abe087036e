import { llmConformance, type WireTarget } from '@mortise/conformance';
import { fromLangChain } from '@mortise/langchain';
import type { LLM } from '@mortise/core';
import * as chatAnthropic from './cli/chat-anthropic.ts';
import * as chatResponses from './cli/chat-openai-responses.ts';
import * as chatOpenAI from './cli/chat-openai.ts';
import { OF_CHAT_ANTHROPIC, OF_CHAT_OPENAI, OF_CHAT_OPENAI_RESPONSES } from './known.ts';
import { knowing } from './knowing.ts';

for (const [known, { default: create, options, ...peer }] of [
  [OF_CHAT_OPENAI, chatOpenAI],
  [OF_CHAT_OPENAI_RESPONSES, chatResponses],
  [OF_CHAT_ANTHROPIC, chatAnthropic],
] as const) {
  const { name, dialect, reasons, capabilities } = peer;
  const bridged = (target: WireTarget): LLM =>
    fromLangChain(create(target), { ...target.settings, ...options(target), metadata: { capabilities } });
  const { metadata } = bridged({ url: 'http://localhost', settings: {} });
  llmConformance(knowing(known), {
    name,
    create: bridged,
    dialect,
    declares: metadata.capabilities,
    reasons,
  });
}
