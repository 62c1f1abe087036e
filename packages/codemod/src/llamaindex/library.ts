import type { Library } from '../engine/contract.ts';
import { ANSWERS } from '../shared/answers.ts';
import { CHAT_KINDS } from './chat.ts';
import { ENGINE_KINDS, ENGINES, INDEX_ENGINES } from './engines.ts';
import { EVALUATOR_KINDS, EVALUATORS } from './evaluators.ts';
import { EXTRACTOR_KINDS, EXTRACTORS } from './extractors.ts';
import { INDEX_KINDS, INDEXES, indexStatement } from './indexes.ts';
import { MODELS } from './models.ts';
import { NODE_LIST_METHODS, NODE_LISTS } from './node-lists.ts';
import { NODE_KINDS, NODES } from './nodes.ts';
import { READER_KINDS, READERS, readerStatement } from './readers.ts';
import { settingsStatement, SETTINGS } from './settings.ts';
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
    ...EVALUATOR_KINDS,
    memory: {},
  },
  statement: (statement, file) =>
    settingsStatement(statement, file) ?? indexStatement(statement, file) ?? readerStatement(statement, file),
};
