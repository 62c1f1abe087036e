export {
  chatPrompt,
  placeholder,
  type ChatPlaceholdersOf,
  type ChatPromptMessage,
  type ChatVariablesOf,
  type Placeholder,
} from './chat-prompt.ts';
export type {
  ChatPromptArguments,
  ChatPromptTemplate,
  NestedDefaults,
  NestedPrompt,
  NestedVariables,
  PartialValues,
  PlainPrompt,
  PromptArguments,
  PromptScalar,
  PromptTemplate,
  PromptValue,
  PromptValues,
  VariablesOf,
} from './contract.ts';
export {
  budgetedExamples,
  fixedExamples,
  similarExamples,
  type BudgetedExamplesOptions,
  type ExampleSelector,
  type SimilarExamplesOptions,
} from './examples.ts';
export { promptFile, type FrontMatter, type PromptFile } from './prompt-file.ts';
export { prompt, type PromptOptions } from './prompt.ts';
export { selectPrompt, type PromptCase } from './select-prompt.ts';
