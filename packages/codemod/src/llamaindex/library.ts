import type { Library } from '../engine/contract.ts';
import { ANSWERS } from '../shared/answers.ts';
import { callbackStatement } from './callbacks.ts';
import { CHAT_KINDS } from './chat.ts';
import { ENGINE_KINDS, ENGINES, INDEX_ENGINES } from './engines.ts';
import { EVALUATOR_KINDS, EVALUATORS } from './evaluators.ts';
import { EXEC, EXEC_KINDS } from './exec.ts';
import { EXTRACTOR_KINDS, EXTRACTORS } from './extractors.ts';
import { FILTERS, filterStatement } from './filters.ts';
import { INDEX_KINDS, INDEXES, indexStatement } from './indexes.ts';
import { keptStatement } from './kept.ts';
import { MCP, MCP_KINDS } from './mcp.ts';
import { MEMORY, MEMORY_KINDS } from './memory.ts';
import { MODELS } from './models.ts';
import { NODE_LIST_METHODS, NODE_LISTS } from './node-lists.ts';
import { NODE_KINDS, NODES } from './nodes.ts';
import { PIPELINE_KINDS, PIPELINES } from './pipelines.ts';
import { PROMPT_TEMPLATES } from './prompt-templates.ts';
import { READER_KINDS, READERS, readerStatement } from './readers.ts';
import { SENTENCE_WINDOWS } from './sentence-windows.ts';
import { settingsStatement, SETTINGS } from './settings.ts';
import { STORE_KINDS, STORES, storeStatement } from './stores.ts';
import { taskStatement } from './tasks.ts';
import { TOOL_KINDS, TOOLS } from './tools.ts';

/** LlamaIndexTS: `llamaindex` and `@llamaindex/*`. */
export const llamaindex: Library = {
  name: 'llamaindex',
  owns: (specifier) => /^(?:llamaindex|@llamaindex)(?:\/|$)/.test(specifier),
  names: {
    ...MODELS,
    ...NODES,
    ...INDEXES,
    ...ENGINES,
    ...TOOLS,
    ...READERS,
    ...EXTRACTORS,
    ...FILTERS,
    ...SENTENCE_WINDOWS,
    ...PIPELINES,
    ...PROMPT_TEMPLATES,
    ...MCP,
    ...MEMORY,
    ...STORES,
    ...EVALUATORS,
    ...NODE_LISTS,
    ...SETTINGS,
  },
  kinds: {
    ...ANSWERS,
    ...CHAT_KINDS,
    ...NODE_KINDS,
    ...ENGINE_KINDS,
    ...TOOL_KINDS,
    ...READER_KINDS,
    ...INDEX_KINDS,
    index: { ...INDEX_KINDS['index'], methods: { ...INDEX_KINDS['index']?.methods, ...INDEX_ENGINES } },
    'summary index': { methods: { ...INDEX_ENGINES, ...NODE_LIST_METHODS } },
    'keyword index': { methods: { ...INDEX_ENGINES, ...NODE_LIST_METHODS } },
    ...EXTRACTOR_KINDS,
    ...EXEC_KINDS,
    ...PIPELINE_KINDS,
    'prompt template': {},
    ...MCP_KINDS,
    filters: {},
    ...MEMORY_KINDS,
    ...STORE_KINDS,
    llm: { ...CHAT_KINDS['llm'], methods: { ...CHAT_KINDS['llm']?.methods, ...EXEC } },
    ...EVALUATOR_KINDS,
  },
  statement: (statement, file) =>
    settingsStatement(statement, file) ??
    callbackStatement(statement, file) ??
    storeStatement(statement, file) ??
    filterStatement(statement, file) ??
    keptStatement(statement, file) ??
    taskStatement(statement, file) ??
    indexStatement(statement, file) ??
    readerStatement(statement, file),
};
