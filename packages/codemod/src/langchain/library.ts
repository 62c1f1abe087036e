import { Node, type Statement } from 'ts-morph';
import type { KindRules, Library, Rewriting } from '../engine/contract.ts';
import { indentOf } from '../engine/syntax.ts';
import { ANSWERS } from '../shared/answers.ts';
import { AGENT_KINDS, AGENTS } from './agents.ts';
import { awaitedChain, chainDeclaration, CHAIN_KINDS, CHAINS, PIPE } from './chains.ts';
import { CONVERSATION_KINDS, CONVERSATIONS } from './conversations.ts';
import { DOCUMENT_KINDS, DOCUMENTS, RETRIEVER_KIND, storeStatement } from './documents.ts';
import { LLM_CHAIN, LLM_CHAIN_KINDS, llmChainDeclaration } from './llm-chain.ts';
import { MESSAGE_KINDS, MESSAGES } from './messages.ts';
import { MODELS } from './models.ts';
import { PARSER_KINDS, PARSERS } from './parsers.ts';
import { PROMPT_KINDS, PROMPTS } from './prompts.ts';
import { awaitedRun, RUN_KINDS } from './runs.ts';
import { TOOL_KINDS, TOOLS } from './tools.ts';

/** LangChain.js: `langchain` and `@langchain/*`. */
export const langchain: Library = {
  name: 'langchain',
  owns: (specifier) => /^(?:langchain|@langchain)(?:\/|$)/.test(specifier),
  names: {
    ...MODELS,
    ...CONVERSATIONS,
    ...MESSAGES,
    ...PROMPTS,
    ...CHAINS,
    ...LLM_CHAIN,
    ...PARSERS,
    ...TOOLS,
    ...AGENTS,
    ...DOCUMENTS,
  },
  kinds: {
    ...ANSWERS,
    ...MESSAGE_KINDS,
    ...PROMPT_KINDS,
    prompt: withPipe(PROMPT_KINDS['prompt']),
    'chat prompt': withPipe(PROMPT_KINDS['chat prompt']),
    ...CHAIN_KINDS,
    ...LLM_CHAIN_KINDS,
    ...CONVERSATION_KINDS,
    ...PARSER_KINDS,
    ...TOOL_KINDS,
    ...AGENT_KINDS,
    ...DOCUMENT_KINDS,
    'document retriever': withPipe(RETRIEVER_KIND),
    ...RUN_KINDS,
  },
  statement: (statement, file) =>
    zodImport(statement, file) ??
    withoutParser(statement, file) ??
    chainStatement(statement, file) ??
    storeStatement(statement, file),
  awaited: (value, file) => awaitedChain(value, file) ?? awaitedRun(value, file),
};

function withPipe(rules: KindRules = {}): KindRules {
  return { ...rules, methods: { ...rules.methods, ...PIPE } };
}

/** Schemas of zod 3 do not tell their JSON Schema; zod 4 has the same names for what is mostly used. */
function zodImport(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isImportDeclaration(statement) || statement.getModuleSpecifierValue() !== 'zod/v3')
    return undefined;
  file.note(
    statement,
    'zod 4 takes the place of zod 3: Mortise reads the JSON Schema that its schemas give.',
    'zod',
  );
  return statement.getText().replace('zod/v3', 'zod');
}

/** `const parser = new StringOutputParser()` goes: a chain that ends in a model gives its text. */
function withoutParser(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isVariableStatement(statement)) return undefined;
  const declarations = statement.getDeclarations();
  const value = declarations[0]?.getInitializer();
  return declarations.length === 1 &&
    value !== undefined &&
    /^(?:text|calls?|bytes) parser$/.test(file.kindOf(value) ?? '')
    ? ''
    : undefined;
}

function chainStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isVariableStatement(statement)) return undefined;
  const [declaration, ...others] = statement.getDeclarations();
  if (declaration === undefined || others.length > 0) return undefined;
  const text = chainDeclaration(declaration, file) ?? llmChainDeclaration(declaration, file);
  if (text === undefined) return undefined;
  const head = statement.isExported() ? 'export ' : '';
  const lines = text.split('\n').map((line) => (line.startsWith('const ') ? head + line : line));
  return lines.join(`\n${indentOf(statement)}`);
}
