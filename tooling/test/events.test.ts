import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_NAMES } from '@mortise/core/events';
import { expect, test } from 'vitest';
import { readReport } from '../api/report.ts';
import { publishedPackages, root } from '../workspace.ts';

/** How sources name a span, where the name is written: `inSpan('x'`, and the specs of answers and of models' calls. */
const SPANS =
  /\b(?:inSpan|startSpan)\(\s*'([^']+)'|#(?:whole|streamHooks)\('([^']+)'|^ +name: '(query|synthesize|chat)',$/gm;
const POINTS = /\bemitPoint\(\s*'([^']+)'/g;

const sources = publishedPackages().flatMap(({ folder }) => {
  const src = join(root, folder, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(src, file), 'utf8'));
});

function namesBy(pattern: RegExp): string[] {
  const found = sources.flatMap((text) =>
    [...text.matchAll(pattern)].map((match) => match.slice(1).find(Boolean)!),
  );
  return [...new Set(found)].toSorted();
}

function listed(kind: 'span' | 'point'): string[] {
  return Object.entries(EVENT_NAMES)
    .flatMap(([name, of]) => (of === kind ? [name] : []))
    .toSorted();
}

test('every span that a package opens is in EVENT_NAMES, and the other way round', () => {
  expect(namesBy(SPANS)).toEqual(listed('span'));
});

test('every point that a package tells of is in EVENT_NAMES, and the other way round', () => {
  expect(namesBy(POINTS)).toEqual(listed('point'));
});

test('the guide says of every event what it holds', () => {
  const guide = readFileSync(join(root, 'docs/guides/events.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(new Set(rows)).toEqual(new Set(Object.keys(EVENT_NAMES)));
});

/**
 * What each asynchronous operation that a package exports is in the events: the name of its span, or why it has none. The first
 * that fits counts.
 */
const OPERATIONS: readonly (readonly [RegExp, string])[] = [
  [/\.do[A-Z]/, 'an author writes it, and its base has the span'],
  [
    /^(core|toolkit|rag) \S*(Stream|Serving|Served|Connection|Subscription|Tools|Transport|WebStream)\.(final|cancel|close|toReadableStream|toSSE|stdio|connect|start|send)$/,
    'goes on with, or ends, what has a span',
  ],
  [/ (LLM|BaseLLM)\.(chat|streamChat)$/, 'llm.chat'],
  [/ (LLM|BaseLLM)\.(complete|streamComplete)$/, 'llm.complete'],
  [/ (EmbeddingModel|BaseEmbedding)\.embed| embedQueries$/, 'embedding.batch'],
  [/Retriever\.retrieve$/, 'retriever.retrieve'],
  [/Reranker\.rerank$/, 'reranker.rerank'],
  [/\.postprocess$/, 'postprocess'],
  [/Parser\.(parse|stream)$/, 'parser.parse'],
  [/ (structured|structuredStream)$/, 'structured'],
  [/ (runTools|streamTools)$/, 'run-tools'],
  [/ (connectMcp|mcpTools)$/, 'mcp.call'],
  [/(QueryEngine|QueryTarget)\.(query|streamQuery)$/, 'query'],
  [/Synthesizer\.(synthesize|streamSynthesize)$/, 'synthesize'],
  [/ ChatEngine\.(chat|streamChat|resume|streamResume)$/, 'chat'],
  [/ (IngestionPipeline\.run|DocumentIndex\.update)$/, 'ingest.run'],
  [/Reader\.read$/, 'ingest.read'],
  [/ traced$/, 'whatever it is called'],
  [/ lookUpEmbeddings$/, 'cache'],
  [/ (Selector|EmbeddingSelector|LLMSelector)\.select$/, 'the model that it asks has the span'],
  [/ (evaluateRetriever|ChatMemory\.shown)$/, 'the calls inside have the spans'],
  [/\.transform$/, 'computes, inside ingest.run'],
  [/ ChatEngine\.(goTo|discard|settle|reset)$/, 'changes what is kept, and asks nobody'],
  [
    /(Store|Index|Lock|Lease)\.\w+$| (openIndex|committedNodes|lockSqliteFile|storeCall|storeItems)$/,
    "a store's own driver is traced as whatever else uses it",
  ],
  [
    / (runCall|runPool|mapPool|readableStream|runInSlices|raceAbort|sleep|SingleReader\.\w+|TimeSlices\.\w+|TextFeed\.\w+|StreamRun\.\w+|SingleReaderHooks\.\w+)$/,
    'a part that operations are made of',
  ],
  [
    / (eventsOfReply|createChatStream|createCompletionStream|createResponseStream|streamJson)$/,
    'a part that operations are made of',
  ],
  [/ (readText|readBytes|filePieces|ReadItem\.\w+|SourceFile\.\w+|FileFormat\.\w+)$/, 'inside ingest.read'],
  [
    / (fromSSE|toSSE|encodeSSE|webStream|WebStream\.\w+|readJson|readReplyText|streamEvents|jsonEvents|readJsonVectors)$/,
    'bytes of a wire, inside the call',
  ],
  [/^mcp /, 'goes on with, or ends, what has a span'],
];

test('every asynchronous operation that is exported has an event, or a reason for none', () => {
  const used = new Set<RegExp>();
  const unknown = ['core', 'toolkit', 'rag', 'mcp', 'stores'].flatMap((name) =>
    operationsOf(name).filter((operation) => {
      const known = OPERATIONS.find(([pattern]) => pattern.test(operation));
      if (known !== undefined) used.add(known[0]);
      return known === undefined;
    }),
  );
  expect(unknown).toEqual([]);
  expect(OPERATIONS.filter(([pattern]) => !used.has(pattern)).map(String)).toEqual([]);
});

/** `core LLM.chat`, `toolkit runTools`: by the report of the package's API, whatever gives a promise or a stream. */
function operationsOf(name: string): string[] {
  const found: string[] = [];
  let owner = '';
  for (const line of readReport(`@mortise/${name}`, false)!.split('\n')) {
    owner =
      /^export (?:declare )?(?:abstract )?(?:class|interface) (\w+)/.exec(line)?.[1] ??
      (line.startsWith('}') ? '' : owner);
    const of =
      /^(?:export declare function | {4})(?:abstract )?(\w+)\??[<(].*\): (?:Promise<|Async|\w*Stream\b)/.exec(
        line,
      );
    if (of !== null && of[1] !== 'constructor')
      found.push(`${name} ${owner === '' ? '' : `${owner}.`}${of[1]}`);
  }
  return found;
}
