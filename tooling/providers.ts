import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isMortiseError,
  type ChatOptions,
  type ContentBlock,
  type EmbeddingModel,
  type LLM,
  type LLMCapabilities,
  type Reranker,
} from '@mortise/core';
import { OpenAILLM } from '@mortise/openai';
import type { ServerPreset } from '@mortise/openai/presets';
import { publishedPackages, root } from './workspace.ts';

/** Makes an LLM whose requests end in `fetch`. */
type Make = (fetch: typeof globalThis.fetch) => LLM;

type Options = Readonly<Record<string, unknown>>;

/** Where a class is shown more than once, or a model says more than the class. Any other is shown once, by its name. */
const SHOWN: Readonly<Record<string, readonly (readonly [name: string, options: Options])[]>> = {
  OpenAILLM: [
    ['OpenAI, Responses', {}],
    ['OpenAI, Chat Completions', { api: 'chat-completions' }],
  ],
  OpenAIEmbedding: [['OpenAI', { model: 'text-embedding-3-small' }]],
  CohereEmbedding: [['Cohere', { model: 'embed-v4.0' }]],
  CohereReranker: [['Cohere', { model: 'rerank-v3.5' }]],
  BedrockLLM: [
    ['Amazon Bedrock', { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', region: 'us-east-1' }],
  ],
  BedrockEmbedding: [
    ['Amazon Bedrock, Titan', { model: 'amazon.titan-embed-text-v2:0', region: 'us-east-1' }],
    ['Amazon Bedrock, Cohere', { model: 'cohere.embed-v4:0', region: 'us-east-1' }],
  ],
  BedrockReranker: [['Amazon Bedrock', { model: 'cohere.rerank-v3-5:0', region: 'us-east-1' }]],
  EnergeticAIEmbedding: [['EnergeticAI', { model: undefined }]],
};

/** What the integrations export whose names end so: how it is called, and how one is made. */
async function exported<T>(suffix: string): Promise<[name: string, make: (options?: Options) => T][]> {
  const integrations = publishedPackages().filter(({ folder }) => folder.startsWith('integrations/'));
  const modules = await Promise.all(
    integrations.map(({ folder }) => import(join(root, folder, 'src/index.ts')) as Promise<object>),
  );
  return modules
    .flatMap((module) => Object.entries(module) as [string, new (options: Options) => T][])
    .filter(([name]) => /^[A-Z]/.test(name) && name.endsWith(suffix))
    .flatMap(([name, Class]) =>
      (SHOWN[name] ?? [[name.slice(0, -suffix.length), {}] as const]).map(
        ([title, own]): [string, (options?: Options) => T] => [
          title,
          (options) => new Class({ model: 'model', apiKey: 'key', retry: false, ...own, ...options }),
        ],
      ),
    );
}

const url = 'https://example.com/file';
const data = 'aGVsbG8=';
const schema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};
const tools = [{ name: 'search', description: 'Searches.', parameters: schema }];

/** What a user message may hold besides text. */
const blocks: readonly (readonly [name: string, block: ContentBlock])[] = [
  ['image by URL', { type: 'image', source: { url } }],
  ['image by bytes', { type: 'image', source: { data, mediaType: 'image/png' } }],
  ['document as text', { type: 'document', source: { text: 'Some text.' }, title: 'A' }],
  ['document as PDF', { type: 'document', source: { data, mediaType: 'application/pdf' }, title: 'A' }],
  ['document by URL', { type: 'document', source: { url } }],
  ['audio by bytes', { type: 'audio', source: { data, mediaType: 'audio/wav' } }],
  ['cache point', { type: 'cache-point' }],
];

const options: readonly (readonly [name: string, options: ChatOptions])[] = [
  ['`tools`', { tools }],
  ['`toolChoice: "required"`', { tools, toolChoice: 'required' }],
  ['`toolChoice: "none"`', { tools, toolChoice: 'none' }],
  ['`toolChoice: { tool }`', { tools, toolChoice: { tool: 'search' } }],
  ['`responseFormat`, JSON by schema', { responseFormat: { type: 'json', schema } }],
  ['`responseFormat`, any JSON', { responseFormat: { type: 'json' } }],
  ['`stop`', { stop: ['END'] }],
  ['`maxOutputTokens`', { maxOutputTokens: 77 }],
  ['`temperature`', { temperature: 0.3 }],
  ['`topP`', { topP: 0.3 }],
  ['`seed`', { seed: 7 }],
  ['`reasoning.effort`', { reasoning: { effort: 'low' } }],
  ['`reasoning.budgetTokens`', { reasoning: { budgetTokens: 2048 } }],
];

/** Of the above, what servers that speak OpenAI's wire differ in. */
const ASKED = [
  ...['`toolChoice: "required"`', '`toolChoice: { tool }`', '`responseFormat`, JSON by schema'],
  ...['`responseFormat`, any JSON', '`stop`', '`seed`', '`reasoning.effort`', '`reasoning.budgetTokens`'],
];
const HELD = ['image by URL', 'image by bytes', 'document as PDF', 'audio by bytes'];

/** The presets of @mortise/openai by their names, from the data itself. */
async function presetRows(): Promise<{ reached: string[][]; asked: string[][] }> {
  const presets = Object.entries(await import('@mortise/openai/presets'))
    .filter((entry): entry is [string, ServerPreset] => typeof entry[1] === 'object')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const reached = presets.map(([name, { baseURL, apiKeyVariable, wire, embeddings }]) => [
    `\`${name}\``,
    `\`${baseURL}\``,
    apiKeyVariable === null ? 'none' : `\`${apiKeyVariable}\``,
    `\`${wire.maxTokensField ?? 'max_completion_tokens'}\``,
    embeddings === false ? 'no' : `${embeddings.maxBatchSize} texts a request`,
  ]);
  const asked = await Promise.all(
    presets.map(async ([name, preset]) => {
      const make: Make = (fetch) =>
        new OpenAILLM({ ...preset, model: 'model', apiKey: 'key', retry: false, fetch });
      const named = <T>(list: readonly (readonly [string, T])[], names: readonly string[]): T[] =>
        list.filter(([each]) => names.includes(each)).map(([, value]) => value);
      const cells = [
        ...named(options, ASKED).map((each) => probe(make, [], each)),
        ...named(blocks, HELD).map((each) => probe(make, [each], {})),
      ];
      return [`\`${name}\``, ...(await Promise.all(cells))];
    }),
  );
  return { reached, asked };
}

const capabilities: readonly (readonly [name: string, key: keyof LLMCapabilities])[] = [
  ['streaming', 'streaming'],
  ['parallel tool calls', 'parallelTools'],
  ['structured output', 'structuredOutput'],
  ['reasoning', 'reasoning'],
  ['usage in streams', 'usageInStreams'],
  ['prompt caching', 'caching'],
];

/**
 * `yes`: the request is another one with it than without. `left out`: a warning says so, and `strict: true` refuses it.
 * `refused`: nothing is sent. Silence is not taken for support: `not sent`.
 */
async function probe(make: Make, content: readonly ContentBlock[], options: ChatOptions): Promise<string> {
  const asked = await sent(make, content, options);
  if (asked === undefined) return 'refused';
  if ((await sent(make, content, { ...options, strict: true })) === undefined) return 'left out';
  const last = Object.keys(options).at(-1);
  const without = Object.fromEntries(Object.entries(options).filter(([name]) => name !== last));
  return asked === (await sent(make, [], without)) ? 'not sent' : 'yes';
}

/** The body of the request; undefined where it is refused. */
async function sent(
  make: Make,
  content: readonly ContentBlock[],
  options: ChatOptions,
): Promise<string | undefined> {
  let body: string | undefined;
  const llm = make(async (input, init) => {
    const request = new Request(input, init);
    body = `${request.url} ${await request.text()}`;
    throw new Error('far enough');
  });
  try {
    await llm.chat([{ role: 'user', content: [{ type: 'text', text: 'Hello.' }, ...content] }], options);
  } catch (error) {
    if (body === undefined && !isMortiseError(error, 'unsupported')) throw error;
  }
  return body;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const shown = (value: boolean | number | string | readonly string[] | undefined): string => {
  if (value === undefined) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(', ') : String(value);
};

/** The page, from what every integration declares and from requests that are never sent. */
export async function providersPage(): Promise<string> {
  const llms = (await exported<LLM>('LLM')).map(([name, make]): [string, Make] => [
    name,
    (fetch) => make({ fetch }),
  ]);
  const embeddings = await exported<EmbeddingModel>('Embedding');
  const rerankers = await exported<Reranker>('Reranker');
  const names = llms.map(([name]) => name);
  const never: typeof globalThis.fetch = () => Promise.reject(new Error('not used'));
  const declared = llms.map(([, make]) => make(never).metadata.capabilities);
  const rows = async (
    kinds: readonly (readonly [string, (make: Make) => Promise<string>])[],
  ): Promise<string[][]> => {
    return Promise.all(
      kinds.map(async ([name, run]) => [name, ...(await Promise.all(llms.map(([, make]) => run(make))))]),
    );
  };
  const blockRows = await rows(blocks.map(([name, block]) => [name, (make) => probe(make, [block], {})]));
  const optionRows = await rows(
    options.map(([name, chatOptions]) => [name, (make) => probe(make, [], chatOptions)]),
  );
  const servers = await presetRows();
  return `<!-- Generated by \`pnpm run docs\`; edits are lost. -->

# What each provider takes and gives

The tables are filled in by a program: what is declared comes from each model's \`metadata\`, what is taken from the
request that an integration makes of it. A model may take less than its API does; the provider then says so. What every
implementation was seen to do stands in the [matrix](./matrix.md).

## Language models

Declared. Unknown means that it depends on the model, and is let through.

${table(
  ['', ...names],
  capabilities.map(([name, key]) => [name, ...declared.map((each) => shown(each[key]))]),
)}

Blocks of a user message. _Refused_: \`unsupported\`, before anything is sent. _Left out_: a preference that the API
has no place for; a warning says so, and \`strict: true\` refuses it. _Yes_: the request is another one with it than without; the kit has a case of it.

${table(['', ...names], blockRows)}

Options.

${table(['', ...names], optionRows)}

## Servers that speak OpenAI's wire

\`new OpenAILLM({ ...groq, model })\` with the presets of \`@mortise/openai/presets\`. Where each was read, and when, stands in
the [source](../integrations/openai/src/presets).

${table(['preset', 'address', 'key', 'limit of output', 'embeddings'], servers.reached)}

What of it reaches the server, in the words of the tables above. A model may take less.

${table(['preset', ...ASKED, ...HELD], servers.asked)}

## Embedding models

${table(
  [
    '',
    'inputs',
    'dimensions',
    'texts a request',
    'tokens a request',
    'queries differ from documents',
    'shorter vectors',
  ],
  embeddings.map(([name, make]) => {
    const { model, metadata } = make();
    return [
      `${name}, \`${model}\``,
      (metadata.inputModalities ?? ['text']).join(', '),
      shown(metadata.dimensions),
      shown(metadata.maxBatchSize),
      shown(metadata.maxBatchTokens),
      shown(metadata.asymmetric),
      shown(metadata.acceptsDimensions),
    ];
  }),
)}

## Rerankers

${table(
  ['', 'documents a request', 'split above that'],
  rerankers.map(([name, make]) => {
    const { model, metadata } = make();
    return [`${name}, \`${model}\``, shown(metadata.maxDocuments), shown(metadata.comparableScores)];
  }),
)}
`;
}

if (import.meta.main) writeFileSync(join(root, 'docs/providers.md'), await providersPage());
