import {
  hostileOutcome,
  hostileValues,
  isHostileThrow,
  unlisted,
  type HostileOutcome,
} from '@mortise/conformance';
import * as core from '@mortise/core';
import * as calls from '@mortise/core/call';
import * as embedding from '@mortise/core/embedding';
import * as reader from '@mortise/core/reader';
import * as shared from '@mortise/core/shared';
import type { ContentBlock } from '@mortise/core';
import * as schema from '@mortise/core/schema';
import * as store from '@mortise/core/store';
import { ScriptedLLM } from '@mortise/core/testing';
import * as toolkit from '@mortise/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Of each call: about 5,000 altogether under `pnpm test:thorough`. */
const numRuns = Math.min(230, Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 60));
const parameters = { type: 'object', properties: {} };
const call = (args: unknown): ContentBlock =>
  ({ type: 'tool-call', id: 'a', name: 'f', arguments: args }) as ContentBlock;

const toolsState = {
  ...{ version: 1, id: 'r', messages: [{ role: 'user', content: 'x' }], steps: 1, calls: {} },
  reply: {
    message: { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'f', arguments: {} }] },
    about: { finishReason: { unified: 'stop', raw: 'stop' }, usage: {}, model: 'm', warnings: [] },
    calls: [{}],
  },
};

/** The calls through which data of others comes in, each with one hostile value in its place. */
const METHODS: Readonly<Record<string, (value: never) => unknown>> = {
  messagesToJson: (value) => core.messagesToJson(value),
  'messagesToJson, a block': (value) => core.messagesToJson([{ role: 'user', content: [value] }]),
  'messagesToJson, a source': (value) =>
    core.messagesToJson([{ role: 'user', content: [{ type: 'image', source: value }] }]),
  messagesFromJson: (value) => core.messagesFromJson(value),
  'messagesToJson, a member': (value) =>
    core.messagesToJson([{ role: 'user', content: [{ type: 'acme:x', value }] }]),
  'chat, a message': (value) => new ScriptedLLM({ replies: () => 'ok' }).chat([value]),
  'chat, a block': (value) =>
    new ScriptedLLM({ replies: () => 'ok' }).chat([{ role: 'user', content: [value] }]),
  'streamChat, a block': (value) =>
    new ScriptedLLM({ replies: () => 'ok' }).streamChat([{ role: 'user', content: [value] }]).final(),
  'chat, a reply': (value) =>
    new ScriptedLLM({ replies: () => [{ type: 'acme:x', value }] as ContentBlock[] }).chat('x'),
  'streamChat, a reply': (value) =>
    new ScriptedLLM({ replies: () => [{ type: 'acme:x', value }] as ContentBlock[] }).streamChat('x'),
  toolsStateFromJson: (value) => toolkit.toolsStateFromJson(value),
  'toolsStateFromJson, a member': (value) => toolkit.toolsStateFromJson({ ...toolsState, reply: value }),
  'toolsStateFromJson, a call': (value) =>
    toolkit.toolsStateFromJson({ ...toolsState, reply: { ...toolsState.reply, calls: [value] } }),
  'toolsStateFromJson, an agent inside': (value) =>
    toolkit.toolsStateFromJson({ ...toolsState, reply: { ...toolsState.reply, calls: [{ run: value }] } }),
  'runTools, arguments': (value) =>
    toolkit.runTools(new ScriptedLLM({ replies: [[call(value)], 'ok'] }), 'x', {
      tools: [toolkit.tool({ name: 'f', description: 'x', parameters, execute: () => 'ok' })],
    }),
  'runTools, a result': (value) =>
    toolkit.runTools(new ScriptedLLM({ replies: [[call({})], 'ok'] }), 'x', {
      tools: [toolkit.tool({ name: 'f', description: 'x', parameters, execute: (): unknown => value })],
    }),
  'runTools, a throw': (value) =>
    toolkit.runTools(new ScriptedLLM({ replies: [[call({})], 'ok'] }), 'x', {
      tools: [
        toolkit.tool({
          name: 'f',
          description: 'x',
          parameters,
          execute: () => {
            throw value as Error;
          },
        }),
      ],
    }),
  'structured, a reply': (value) =>
    toolkit.structured(
      new ScriptedLLM({ replies: () => [{ type: 'text', text: typeof value === 'string' ? value : 'x' }] }),
      toolkit.jsonSchema({ type: 'object', properties: {}, additionalProperties: false }),
      'x',
    ),
  'toolCallBlock, the text': (value) =>
    core.toolCallBlock('a', 'f', typeof value === 'string' ? value : '{}'),
  fitSchema: (value) => schema.fitSchema(value, schema.openaiDialect, 'strict-tool'),
  strictSchema: (value) => schema.strictSchema(value, schema.anthropicDialect),
  objectSchema: (value) => schema.objectSchema(value),
  'structured, a schema': (value) => {
    const llm = new ScriptedLLM({ replies: () => '{}' });
    return toolkit.structured(llm, toolkit.jsonSchema(value), 'x', { mode: 'tool' });
  },
  'withFallback, a throw': (value) =>
    toolkit
      .withFallback(new ScriptedLLM({ replies: () => Promise.reject(value) }), [
        new ScriptedLLM({ replies: () => 'ok' }),
      ])
      .chat('x'),
  isMortiseError: (value) => core.isMortiseError(value),
  errorText: (value) => core.errorText(value),
  toMortiseError: (value) => core.toMortiseError(value),
  isObject: (value) => shared.isObject(value),
  isParserError: (value) => core.isParserError(value),
};

/** Never what throws when it is made a string. */
function shown(outcome: HostileOutcome): string {
  if (outcome.kind !== 'untyped') return outcome.kind;
  return outcome.error instanceof Error
    ? (outcome.error.stack ?? 'an error')
    : 'something else than an error';
}

/** Exports that take what the application itself writes, or whose turn has not come: each is here by its name. */
const ELSEWHERE: readonly string[] = [
  ...['readableStream', 'SingleReader', 'abortReason', 'createCompletionStream'],
  ...['snapshot', 'eventsOfReply', 'toChatResponse', 'toCompletionResponse', 'createChatStream'],
  ...['textDelta', 'pathText', 'isStandardSchema', 'framed', 'defined', 'nonEmpty', 'isDeeper', 'positive'],
  ...[
    'throughDoor',
    'typed',
    'typedElse',
    'shown',
    'storeCall',
    'storeItems',
    'checkedFormat',
    'checkOptions',
    'checkTexts',
    'heard',
    'errorName',
    'leftError',
    'reading',
  ],
  ...[
    'encodeSSE',
    'fromSSE',
    'showError',
    'showEvent',
    'toResponse',
    'toSSE',
    'webStream',
    'streamTools',
    'agentTool',
  ],
  ...['GrowingText', 'freeTag', 'checkNode', 'jsonText', 'plainJson', 'createStoreGuard', 'lockSqliteFile'],
  ...['BaseEmbedding', 'BaseLLM', 'BaseOutputParser', 'BaseReader', 'BaseReranker', 'BaseRetriever'],
  ...['Batcher', 'BooleanParser', 'CodeBlocksParser', 'CombinedParser', 'CustomLLM', 'DateParser'],
  ...[
    'EnumParser',
    'IncrementalJson',
    'JsonParser',
    'ListParser',
    'MarkdownSectionsParser',
    'MarkdownTableParser',
  ],
  ...[
    'MemoryKeyValueStore',
    'MortiseError',
    'NumberParser',
    'RegexParser',
    'SchemaParser',
    'SelectionParser',
  ],
  ...[
    'EmbeddingStream',
    'TextFeed',
    'lookUpEmbeddings',
    'streamConcurrency',
    'withEmbeddingCache',
    'withErrorFields',
  ],
  ...['XmlParser', 'base64Of', 'binarySimilarity', 'blocksOf', 'budgetedExamples'],
  ...['bytesToVector', 'callPolicy', 'canonicalJson', 'chatPrompt', 'checkFilter'],
  ...[
    'checkRanking',
    'checkResults',
    'checkTermQuery',
    'checkVector',
    'checkVectorEntries',
    'checkVectorQuery',
  ],
  ...[
    'checkVectorSearch',
    'contentKey',
    'copyNode',
    'createAdaptiveLimiter',
    'createBudget',
    'createDocument',
  ],
  ...['createIndexNode', 'createRateLimiter', 'createResponseStream', 'createServiceContext'],
  ...['createTextDecoder', 'createTextNode', 'createWhenFree', 'decodeText', 'dedupeNodes', 'delimited'],
  ...[
    'dequantizeInt8',
    'embedQueries',
    'embeddingCacheKey',
    'emitPoint',
    'estimateInputTokens',
    'filePieces',
    'readBytes',
    'tooLarge',
  ],
  ...['finiteNumber', 'fitMessages', 'fixedExamples', 'fromLangChainParser', 'hammingDistance'],
  ...['inSpan', 'int8Similarity', 'inverseDocumentFrequency', 'isKnownBlock'],
  ...['matchesFilter', 'maximalMarginalRelevance', 'mergeEvidence'],
  ...['messageText', 'messagesToPrompt', 'nodeFromJson', 'nodeHash', 'nodeHashSteps'],
  ...['nodeMetadataText', 'nodeText', 'nodeToJson', 'oneOf', 'openSqliteFile'],
  ...['parserError', 'placeholder', 'plainSchema', 'prompt'],
  ...['promptFile', 'quantizeBinary', 'quantizeInt8', 'raceAbort', 'readText'],
  ...[
    'replyStart',

    'requireKeyValueStore',
    'requireMembers',
    'runAtOnce',
  ],
  ...[
    'runCall',
    'runInSlices',
    'runPool',
    'linkedController',
    'mapPool',
    'selectPrompt',
    'sentArguments',
    'setContextStorage',
  ],
  ...['sha256Hex', 'shorten', 'similarExamples', 'similarity', 'sourceId'],
  ...['storeFailure', 'streamJson', 'structuredStream', 'subscribe'],
  ...['sumUsage', 'systemCode', 'termSaturation', 'throwIfAborted', 'timeSlices'],
  ...['toJsonSchema', 'toLangChainParser', 'toMessages', 'toQuery', 'toolBlocks'],
  ...['plainBlocks', 'checkInput', 'inputKey'],
  ...['startSpan', 'sleep', 'DocumentLocks', 'lockedBy', 'leaseOf', 'leasedKeys'],
  ...['traced', 'unitVector', 'utf8Length', 'vectorToBytes', 'wholeNumber', 'withBudget'],
  ...['costOf', 'modelHealth', 'withCache', 'withDefaults', 'withRateLimit', 'withRepair', 'xmlText'],
];

const makers = hostileValues.map(([what, make]) => ({ what, make, toString: () => what }));

describe('C-13: data of others comes to a value or to an error of ours', () => {
  it.each(Object.entries(METHODS))(
    '%s',
    async (_method, run) => {
      const within = fc.constantFrom('itself', 'in a list', 'in an object');
      const property = fc.asyncProperty(fc.constantFrom(...makers), within, async ({ make }, how) => {
        const value = make();
        const given =
          how === 'itself' ? value : how === 'in a list' ? [value] : { type: 'object', text: value };
        const outcome = await hostileOutcome(() => run(given as never));
        expect(['value', 'typed'], shown(outcome)).toContain(outcome.kind);
      });
      await fc.assert(property, { numRuns, seed: 20_261_128 });
    },
    600_000,
  );
});

it('C-13: every function and class that core and the toolkit export is tried, or named as one that is not', () => {
  // Each is named after what it calls; methods of a model are not exports.
  const tried = Object.keys(METHODS).flatMap((method) => method.split(',').slice(0, 1));
  const exported = tried.filter((name) => name !== 'chat' && name !== 'streamChat');
  const names = [...exported, 'tool', 'jsonSchema', ...ELSEWHERE];
  const rooms = { ...calls, ...embedding, ...reader, ...shared, ...schema, ...store };
  expect(unlisted({ ...core, ...rooms, ...toolkit }, names)).toEqual({ missing: [], stale: [] });
});

it('isHostileThrow: knows exactly what a hostile value threw, and no other error of its words', () => {
  const throwing = hostileValues.find(([what]) => what === 'a getter that throws')?.[1]();
  let found: unknown;
  try {
    void (throwing as { type: unknown }).type;
  } catch (error) {
    found = error;
  }
  expect(isHostileThrow(found)).toBe(true);
  for (const other of [new RangeError((found as Error).message), structuredClone(found), undefined])
    expect(isHostileThrow(other)).toBe(false);
});
