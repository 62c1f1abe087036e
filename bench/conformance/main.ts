/**
 * The LLM suite on the raw `openai` SDK, LangChain's `ChatOpenAI` and the AI SDK's `openai()`, each behind an adapter as
 * thin as can be, and on `@mortise/openai`: which cases each passes, and why it fails the others. `--write` puts the
 * tables into docs/comparison.md; `--why` prints every failure.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { llmSuite, openAIChatCompletions, runCase, rules, type WireTarget } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import type { LLM } from '@mortise/core/llm';
import { OpenAILLM } from '@mortise/openai';
import { AISDK } from './ai-sdk.ts';
import { LangChain } from './langchain.ts';
import { OpenAISDK } from './openai-sdk.ts';
import { KEY, metadata, MODEL } from './peer.ts';

const { capabilities } = metadata;
const root = join(import.meta.dirname, '../..');

const contenders: readonly (readonly [
  name: string,
  packages: readonly string[],
  create: (wire: WireTarget) => LLM,
])[] = [
  [
    '@mortise/openai',
    ['@mortise/openai'],
    ({ url, settings }) =>
      new OpenAILLM({
        model: MODEL,
        apiKey: KEY,
        api: 'chat-completions',
        baseURL: url,
        metadata: { capabilities: { reasoning: false } },
        ...settings,
      }),
  ],
  ['openai SDK', ['openai'], (wire) => new OpenAISDK(wire)],
  ['LangChain', ['@langchain/openai', '@langchain/core'], (wire) => new LangChain(wire)],
  ['AI SDK', ['ai', '@ai-sdk/openai'], (wire) => new AISDK(wire)],
];

/**
 * Not counted, since no other library could pass them: what reads the events of Mortise's core (retries that are told of,
 * spans, `start`), what is about its deadline, and a case whose reply does not call the tool that was forced, which a
 * strict peer refuses with good reason.
 */
const READS_CORE =
  /^(status\.(408|409|429|500|502|503|504|529)|retry\.bounded|spans\.once|metadata\.declared|fault\.reset\.after-start|status\.retry-after\.(429|503)-.*|tools\.choice)$/;
/** `providerOptions`, `warnings`, `strict`: of Mortise's own interface. */
const OWN_OPTIONS = new Set(['C-07', 'C-08']);

const declared = new Set(Object.entries(capabilities).flatMap(([name, on]) => (on === true ? [name] : [])));
const suite = llmSuite.filter(
  ({ id, rule, requires }) =>
    !READS_CORE.test(id) &&
    !OWN_OPTIONS.has(rule) &&
    requires.every((feature) =>
      feature.startsWith('wire:')
        ? openAIChatCompletions.without[feature.slice(5)] === undefined
        : declared.has(feature),
    ),
);

type Failures = ReadonlyMap<string, string>;

async function failuresOf(create: (wire: WireTarget) => LLM): Promise<Failures> {
  const failures = new Map<string, string>();
  const queue = [...suite];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { id } = next;
      await runCase(next, { create, dialect: openAIChatCompletions, declares: capabilities }).catch(
        (error: unknown) => {
          const said = error instanceof Error ? error.message : String(error);
          failures.set(id, isMortiseError(error) ? `it threw ${error.code} (${said})` : said);
        },
      );
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return failures;
}

// Peers leave rejections behind that nobody handles, and warn.
process.on('unhandledRejection', () => undefined);
console.warn = () => undefined;

const results: (readonly [name: string, failures: Failures])[] = [];
for (const [name, , create] of contenders) {
  const failures = await failuresOf(create);
  results.push([name, failures]);
  console.log(`${name}: ${suite.length - failures.size} of ${suite.length}`);
  if (process.argv.includes('--why'))
    for (const [id, why] of failures) console.log(`  ${id}: ${why.replaceAll(/\s+/g, ' ').slice(0, 220)}`);
}
if (process.argv.includes('--write')) writePage();
// What a peer left open must not keep this program.
process.exit(0);

function writePage(): void {
  const file = join(root, 'docs/comparison.md');
  const page = readFileSync(file, 'utf8');
  const marks = /(<!-- conformance -->\n)[^]*?(\n<!-- \/conformance -->)/;
  writeFileSync(
    file,
    page.replace(marks, (_all, begin: string, end: string) => `${begin}\n${tables()}${end}`),
  );
}

function tables(): string {
  const names = results.map(([name]) => name);
  const byRule = [...Map.groupBy(suite, ({ rule }) => rule)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = byRule.map(([rule, cases]) => [
    `${rule}. ${rules[rule]}`,
    ...results.map(([, failures]) => {
      const passed = cases.filter(({ id }) => !failures.has(id)).length;
      return passed === cases.length ? `${passed}` : `${passed} of ${cases.length}`;
    }),
  ]);
  const totals = [
    'All',
    ...results.map(([, failures]) => `${suite.length - failures.size} of ${suite.length}`),
  ];
  const failed = results
    .filter(([, failures]) => failures.size > 0)
    .map(([name, failures]) => {
      const lines = suite
        .filter(({ id }) => failures.has(id))
        .map(({ id, rule, title }) => `- ${rule} \`${id}\`: ${title}`);
      return `Not passed by ${name}:\n\n${lines.join('\n')}\n`;
    });
  const versions = contenders
    .map(([name, packages]) => `${name}: ${packages.map(versionOf).join(', ')}`)
    .join('; ');
  return `Versions. ${versions}. Node ${process.versions.node}.\n\n${table(['Rule', ...names], [...rows, totals])}\n${failed.join('\n')}`;
}

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `${name} ${version}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
