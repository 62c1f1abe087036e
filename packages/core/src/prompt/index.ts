export { chatPrompt, type ChatPromptMessage, type ChatVariablesOf } from './chat-prompt.ts';
export type {
  ChatPromptTemplate,
  PromptArguments,
  PromptTemplate,
  PromptValue,
  PromptValues,
  VariablesOf,
} from './contract.ts';
export { delimited } from './delimited.ts';
export { prompt } from './prompt.ts';
