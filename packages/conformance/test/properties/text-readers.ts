import {
  BooleanParser,
  CodeBlocksParser,
  CombinedParser,
  DateParser,
  EnumParser,
  fromLangChainParser,
  JsonParser,
  ListParser,
  MarkdownSectionsParser,
  MarkdownTableParser,
  NumberParser,
  RegexParser,
  SchemaParser,
  SelectionParser,
  streamJson,
  toLangChainParser,
  withRepair,
  XmlParser,
  xmlText,
} from '@mortise/toolkit/parsers';
import { IncrementalJson, replyStart } from '@mortise/toolkit/json';
import { jsonSchema } from '@mortise/toolkit/schema';
import type { OutputParser } from '@mortise/core/parser';
import { chatPrompt, prompt, promptFile } from '@mortise/toolkit/prompts';
import { delimited, GrowingText } from '@mortise/core/shared';
import { createTextDecoder, decodeText } from '@mortise/core/reader';
import { ScriptedLLM } from '@mortise/core/testing';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import {
  describeFailure,
  errorFromReply,
  errorFromResponse,
  errorFromSaid,
  errorFromThrown,
  eventJson,
  failedEnd,
  float32FromBase64,
  inlineMedia,
  jsonEvents,
  malformed,
  readJson,
  readJsonVectors,
  readReplyText,
  redact,
  streamEvents,
  throwFailure,
  thrownWithoutSecrets,
  withoutSecrets,
} from '@mortise/core/wire';

/** Something that reads a text that is not ours. */
export interface TextReader {
  readonly name: string;
  /** Of the exports of core's rooms, those that it reads with. */
  readonly exports: readonly string[];
  /** What stands before the text that is repeated, each in turn. Default: nothing. */
  readonly heads?: readonly string[];
  /** What is repeated in it, when it is not what is everywhere. */
  readonly repeated?: readonly (string | ((at: number) => string))[];
  read(text: string): unknown;
}

function parser(
  name: string,
  exported: string,
  make: () => OutputParser<unknown, unknown>,
  heads?: readonly string[],
): TextReader {
  return {
    name,
    exports: [exported],
    ...(heads && { heads }),
    read: (text) => make().parse(text),
  };
}

const about = { provider: 'p', model: 'm', secrets: ['sk-secret', 'another'] };
const IN_JSON = ['', '{"a":"b', '["a', '{"a":[1}'];
const attempt = { signal: new AbortController().signal } as never;
const reply = (text: string, status = 200, type = 'application/json'): Response =>
  new Response(text, { status, headers: { 'content-type': type } });

async function drained(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

async function* chunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 1000) yield text.slice(at, at + 1000);
}

/** Every reader of text that core exports. */
export const coreReaders: readonly TextReader[] = [
  parser('JsonParser', 'JsonParser', () => new JsonParser(), IN_JSON),
  parser('JsonParser, tolerant', 'JsonParser', () => new JsonParser({ tolerant: true }), [
    ...IN_JSON,
    "{'a': 'b",
    '{“a": “b',
  ]),
  {
    name: 'JsonParser, members that differ',
    exports: ['JsonParser'],
    heads: ['{'],
    repeated: [(at) => `"key${at}":1,`, (at) => `key${at}: 'x',`, (at) => `"key${at}":{"a":`],
    read: (text) => new JsonParser({ tolerant: true }).parse(text),
  },
  parser('SchemaParser', 'SchemaParser', () => new SchemaParser(jsonSchema({ type: 'object' })), [
    '',
    '{"a":"b',
  ]),
  parser('ListParser', 'ListParser', () => new ListParser(), ['', '[', '"']),
  parser('ListParser, numbered', 'ListParser', () => new ListParser({ style: 'numbered' }), ['', '1. ']),
  parser('ListParser, bulleted', 'ListParser', () => new ListParser({ style: 'bulleted' }), ['', '- ']),
  parser('EnumParser', 'EnumParser', () => new EnumParser(['yes', 'no', 'C#']), [
    '',
    'Answer: ',
    '(',
    '\\boxed{',
    '<a>',
  ]),
  parser('BooleanParser', 'BooleanParser', () => new BooleanParser(), ['', 'yes', 'answer is ']),
  parser('NumberParser', 'NumberParser', () => new NumberParser(), ['', '1', '-']),
  parser('DateParser', 'DateParser', () => new DateParser(), ['', '2026-11-22']),
  parser('SelectionParser', 'SelectionParser', () => new SelectionParser(['a', 'b'], { max: 2 }), [
    '',
    '[1]',
    '[{"choice": 1, "reason": "',
  ]),
  parser('CodeBlocksParser', 'CodeBlocksParser', () => new CodeBlocksParser(), ['', '```', '```\n']),
  parser(
    'MarkdownSectionsParser',
    'MarkdownSectionsParser',
    () => new MarkdownSectionsParser({ required: ['x'] }),
    ['', '# ', '```\n'],
  ),
  parser('MarkdownTableParser', 'MarkdownTableParser', () => new MarkdownTableParser(), [
    '',
    '|a|\n|-|\n|',
    '|',
  ]),
  parser('XmlParser', 'XmlParser', () => new XmlParser(), ['', '<a>', '<a b="', '<a ', '<!--']),
  parser('XmlParser of a root', 'XmlParser', () => new XmlParser({ root: 'a' }), ['', '<a>', '</a']),
  parser('RegexParser', 'RegexParser', () => new RegexParser(/^(?<word>\w+)/)),
  parser(
    'CombinedParser',
    'CombinedParser',
    () => new CombinedParser({ a: new ListParser(), b: new JsonParser() }),
    ['', '<a>', '<b>'],
  ),
  parser('fromLangChainParser', 'fromLangChainParser', () =>
    fromLangChainParser({ parse: async (text) => text, getFormatInstructions: () => '' }),
  ),
  parser('withRepair', 'withRepair', () =>
    withRepair(new NumberParser(), new ScriptedLLM({ replies: () => '7' })),
  ),
  {
    name: 'toLangChainParser',
    exports: ['toLangChainParser'],
    read: (text) => toLangChainParser(new ListParser()).invoke(text),
  },
  {
    name: 'streamJson',
    exports: ['streamJson'],
    heads: IN_JSON,
    read: (text) => drained(streamJson(chunks(text), { tolerant: true })),
  },
  {
    name: 'IncrementalJson, in small pieces',
    exports: ['IncrementalJson'],
    heads: IN_JSON,
    read(text) {
      const json = new IncrementalJson({ tolerant: true });
      for (let at = 0; at < text.length; at += 16) json.push(text.slice(at, at + 16));
      json.end();
    },
  },
  { name: 'replyStart', exports: ['replyStart'], heads: ['', '<think>'], read: replyStart },
  {
    name: 'xmlText',
    exports: ['xmlText'],
    read: (text) =>
      xmlText({
        name: 'a',
        attributes: {},
        children: [text, { name: 'b', attributes: {}, children: [text] }],
      }),
  },
  { name: 'prompt', exports: ['prompt'], read: (text) => prompt(text) },
  {
    name: 'prompt, filled in',
    exports: ['prompt'],
    read: (text) => prompt('{a} and {a}').format({ a: text }),
  },
  {
    name: 'chatPrompt',
    exports: ['chatPrompt'],
    read: (text) => chatPrompt([{ role: 'user', content: text }]),
  },
  {
    name: 'promptFile',
    exports: ['promptFile'],
    heads: ['', '---\n', '---\na: ', '---\na:\n  - ', '---\nb: 1\n---\n', '# User\n', '---'],
    read: promptFile,
  },
  {
    name: 'delimited',
    exports: ['delimited', 'freeTag'],
    heads: ['', '<', '</source', '<source-'],
    read: (text) => delimited(text, 'source', [text]),
  },
  {
    name: 'GrowingText, a character a piece',
    exports: ['GrowingText'],
    read(text) {
      const growing = new GrowingText();
      let seen = 0;
      for (const piece of text) {
        growing.push(piece);
        seen += (growing.at(growing.length - 1) ?? '').length;
        // A look counts the characters of one block: one a block, as citations come.
        if (growing.length % 1024 < piece.length) seen += growing.unitsOf(growing.length);
      }
      return [seen, growing.slice(0, growing.length)];
    },
  },
  { name: 'decodeText', exports: ['decodeText'], read: (text) => decodeText('item', bytesOf(text)) },
  {
    name: 'createTextDecoder',
    exports: ['createTextDecoder'],
    read(text) {
      const decoder = createTextDecoder('item');
      for (const piece of pieces(text)) decoder.decode(piece);
    },
  },
  {
    name: 'estimateTokenizer',
    exports: ['estimateTokenizer'],
    read: (text) => estimateTokenizer.count(text),
  },
  {
    name: 'describeFailure',
    exports: ['describeFailure'],
    heads: ['', '<html><title>', '{"error":"'],
    read: describeFailure,
  },
  {
    name: 'describeFailure of a message',
    exports: ['describeFailure'],
    read: (text) => describeFailure({ error: { message: text, code: text, type: text } }),
  },
  {
    name: 'throwFailure',
    exports: ['throwFailure'],
    read: (text) => throwFailure({ error: text, status: text, detail: text }, about, true),
  },
  { name: 'failedEnd', exports: ['failedEnd'], read: failedEnd },
  {
    name: 'errorFromReply',
    exports: ['errorFromReply'],
    read: (text) => errorFromReply(reply(text, 400), attempt, about),
  },
  {
    name: 'errorFromResponse',
    exports: ['errorFromResponse'],
    heads: ['', 'sk-'],
    read: (text) => errorFromResponse({ ...about, status: 400, message: text }),
  },
  {
    name: 'errorFromSaid',
    exports: ['errorFromSaid'],
    read: (text) => errorFromSaid({ message: text, word: text }, about),
  },
  {
    name: 'errorFromThrown',
    exports: ['errorFromThrown'],
    read: (text) => errorFromThrown(Object.assign(new Error(`400 ${text}`), { status: 400 }), about),
  },
  {
    name: 'thrownWithoutSecrets',
    exports: ['thrownWithoutSecrets'],
    heads: ['', 'sk-secret'],
    read: (text) => thrownWithoutSecrets(new Error(text, { cause: new Error(text) }), about),
  },
  {
    name: 'withoutSecrets',
    exports: ['withoutSecrets'],
    read: (text) => withoutSecrets({ text }, about.secrets),
  },
  {
    name: 'redact',
    exports: ['redact'],
    heads: ['', 'sk-secret'],
    read: (text) => redact(text, about.secrets),
  },
  {
    name: 'errorFromResponse of headers',
    exports: ['errorFromResponse'],
    read: (text) =>
      errorFromResponse({
        ...about,
        status: 429,
        headers: headersOf({
          'retry-after': text,
          'x-ratelimit-remaining-requests': '0',
          'x-ratelimit-reset-requests': text,
        }),
      }),
  },
  { name: 'malformed', exports: ['malformed'], read: (text) => malformed(text, about) },
  {
    name: 'eventJson',
    exports: ['eventJson'],
    heads: ['', '"'],
    read: (text) => eventJson({ event: 'error', data: text }, about),
  },
  { name: 'readJson', exports: ['readJson'], read: (text) => readJson(reply(text), attempt, about) },
  {
    name: 'readReplyText',
    exports: ['readReplyText'],
    read: (text) => readReplyText(reply(text), attempt, about),
  },
  {
    name: 'readJsonVectors',
    exports: ['readJsonVectors'],
    heads: ['', '{"data":[{"embedding":[', '{"data":[{"embedding":"', '{"a":"'],
    read: (text) => readJsonVectors(reply(text), attempt, about),
  },
  {
    name: 'float32FromBase64',
    exports: ['float32FromBase64'],
    read: (text) => float32FromBase64(text, about),
  },
  {
    name: 'inlineMedia',
    exports: ['inlineMedia'],
    heads: ['', 'data:', 'data:a;', 'data:a;base64,'],
    read: (url) => inlineMedia({ url }),
  },
  {
    name: 'streamEvents',
    exports: ['streamEvents'],
    heads: ['', 'data: ', ': '],
    read: (text) =>
      drained(streamEvents(inPieces(text), attempt, { push: () => undefined, done: false }, about)),
  },
  {
    name: 'jsonEvents',
    exports: ['jsonEvents'],
    heads: ['', 'data: ', 'data: {"a":"'],
    read: (text) => drained(jsonEvents(reply(text, 200, 'text/event-stream'), attempt, about)),
  },
  {
    name: 'jsonEvents of lines',
    exports: ['jsonEvents'],
    heads: ['', '{"a":"'],
    read: (text) =>
      drained(jsonEvents(reply(text, 200, 'application/x-ndjson'), attempt, about, { format: 'json-lines' })),
  },
];

/** Exports of the same rooms that read no text of others, and why. */
export const notReaders: { readonly [reason: string]: readonly string[] } = {
  'a base, of whose subclasses some are tried': ['BaseOutputParser', 'BaseReader'],
  'it takes a value, or a schema of ours': [
    'isParserError',
    'jsonSchema',
    'fitSchema',
    ...['anthropicDialect', 'bedrockDialect', 'cohereDialect', 'googleDialect', 'openaiDialect'],
    'objectSchema',
    'parserError',
    'plainSchema',
    'strictSchema',
    'toJsonSchema',
    'defined',
    'isObject',
    'isStandardSchema',
    'pathText',
    'canonicalJson',
    'jsonText',
    'MAX_METADATA_DEPTH',
    'plainJson',
    'isDeeper',
    'placeholder',
    'selectPrompt',
    'withOptions',
    'base64Of',
    'heard',
    'errorName',
    'requireMembers',
    'nonEmpty',
    'sumOfCounts',
    'DEFAULT_MAX_FILE_BYTES',
    'LITTLE_ENDIAN',
    'guardedFetch',
    'refusalOf',
    'filePieces',
    'readBytes',
    'readText',
    'tooLarge',
  ],
  'it goes through the bytes once': ['framed', 'sha256Hex'],
  'it checks an option': [
    'checkedFormat',
    'checkOptions',
    'checkTexts',
    'reading',
    'finiteNumber',
    'oneOf',
    'positive',
    'shown',
    'wholeNumber',
  ],
  'it compares or counts examples of ours': ['budgetedExamples', 'fixedExamples', 'similarExamples'],
  'it takes a key and an address of ours': ['Credentials', 'lazySdk', 'notSent'],
  'it remembers what a request of ours says': ['requestNotes'],
  'it is told words that were read': ['EndOfReply', 'uniqueCallId'],
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function* pieces(text: string): Generator<Uint8Array> {
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

function inPieces(text: string): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces(text)) controller.enqueue(piece);
        controller.close();
      },
    }),
  );
}

function headersOf(fields: { readonly [name: string]: string }): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    try {
      headers.set(name, value);
    } catch {
      // Not a value of a header.
    }
  }
  return headers;
}
