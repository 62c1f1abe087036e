import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { cohereChat } from './cohere-chat.ts';
import type { LLMDialect } from './contract.ts';
import { googleGenerateContent } from './google-generate-content.ts';
import { mistralChat } from './mistral-chat.ts';
import { openAIChatCompletions } from './openai-chat-completions.ts';
import { openAIResponses } from './openai-responses.ts';

/** The dialects of language models by their names. */
export const llmDialects: Readonly<Record<string, LLMDialect | undefined>> = Object.fromEntries(
  [
    openAIResponses,
    openAIChatCompletions,
    anthropicMessages,
    cohereChat,
    bedrockConverse,
    googleGenerateContent,
    mistralChat,
  ].map((dialect) => [dialect.name, dialect]),
);
