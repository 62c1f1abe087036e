import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  llmConformance,
  type ConformanceReport,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { fromLangChain } from '@mortise/langchain';
import cohere from '@mortise/cohere/conformance';
import openAI from '@mortise/openai/conformance';
import { expect, onTestFinished, test } from 'vitest';
import { left } from '../ai-sdk/left.ts';
import { bridged, peers } from '../ai-sdk/providers.ts';
import * as chatAnthropic from '../langchain/cli/chat-anthropic.ts';
import * as chatResponses from '../langchain/cli/chat-openai-responses.ts';
import * as chatOpenAI from '../langchain/cli/chat-openai.ts';
import { OF_CHAT_ANTHROPIC, OF_CHAT_OPENAI, OF_CHAT_OPENAI_RESPONSES } from '../langchain/known.ts';
import { cardPage, cards, folder, indexPage, interop, readCard } from './cards.ts';

type Verdicts = Readonly<Record<string, string>>;

/** Tables as wide as the formatter makes them. */
const normal = (text: string): string =>
  text
    .replaceAll(/[ -]+/g, ' ')
    .replaceAll(/\\?[*_]/g, '*')
    .replaceAll(/\n+/g, '\n')
    .trim();

const nobody: TestFunctions = {
  describe: (_name, body) => body(),
  it: Object.assign(() => undefined, { skip: () => undefined }),
};

/** What the suites of this folder assert, and those of the packages: what is known to fail must, and all else must pass. */
function asserted(
  all: readonly ConformanceResults[],
  known: Readonly<Record<string, string>> = {},
): Verdicts {
  const verdicts = all.flatMap(({ name, cases }) =>
    cases.map(({ id, status }) => {
      const verdict = status === 'skipped' ? status : known[id] === undefined ? 'passed' : 'failed';
      return [`${name} ${id}`, verdict] as const;
    }),
  );
  return Object.fromEntries(verdicts);
}

function verdictsOf({ implementations }: ConformanceReport): Verdicts {
  const verdicts = implementations.flatMap(({ name, passed, failed, skipped }) => [
    ...Object.values(passed)
      .flat()
      .map((id) => [`${name} ${id}`, 'passed'] as const),
    ...failed.map(({ id }) => [`${name} ${id}`, 'failed'] as const),
    ...skipped.map(({ id }) => [`${name} ${id}`, 'skipped'] as const),
  ]);
  return Object.fromEntries(verdicts);
}

const NOWHERE = { url: 'http://127.0.0.1:1', settings: {} };

const ofAISDK = peers.map((peer): Verdicts => {
  const create = (target: typeof NOWHERE) => bridged(peer, target);
  const { name, dialect, reasons = {} } = peer;
  const { capabilities: declares } = create(NOWHERE).metadata;
  return asserted([llmConformance(nobody, { create, dialect, declares, name, reasons })], left[name]);
});

const ofLangChain = (
  [
    [chatOpenAI, OF_CHAT_OPENAI],
    [chatResponses, OF_CHAT_OPENAI_RESPONSES],
    [chatAnthropic, OF_CHAT_ANTHROPIC],
  ] as const
).map(([{ default: create, options, name, dialect, reasons, capabilities }, known]): Verdicts => {
  const made = (target: typeof NOWHERE) =>
    fromLangChain(create(target), { ...target.settings, ...options(target), metadata: { capabilities } });
  const { capabilities: declares } = made(NOWHERE).metadata;
  return asserted([llmConformance(nobody, { create: made, dialect, declares, name, reasons })], known);
});

const expected = [...ofAISDK, ...ofLangChain, asserted(openAI(nobody)), asserted(cohere(nobody))];

test.each(cards.map((card, at) => [card.file, card, at] as const))(
  '%s says of each case what the suites say, in the versions that are installed',
  (_file, card, at) => {
    const report = readCard(card);
    expect(verdictsOf(report)).toEqual(expected[at]);
    const page = readFileSync(join(folder, `${card.file}.md`), 'utf8');
    expect(normal(page), `pnpm scorecard ${card.file}`).toBe(normal(cardPage(card, report)));
  },
);

test('the index lists every card, and there is no other', () => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const reports = new Map(cards.map((card) => [card, readCard(card)]));
  expect(normal(page), 'pnpm scorecard --pages').toBe(normal(indexPage(reports)));
  const files = ['README.md', ...cards.flatMap(({ file }) => [`${file}.json`, `${file}.md`])];
  expect(readdirSync(folder).toSorted()).toEqual(files.toSorted());
});

// One of them: the suites above are what the command runs, and each run takes its time.
test('the command gives a card byte for byte', async () => {
  const card = cards.find(({ file }) => file === 'ai-sdk-anthropic')!;
  const work = mkdtempSync(join(tmpdir(), 'mortise-scorecard-'));
  onTestFinished(() => rmSync(work, { recursive: true }));
  const json = join(work, 'report.json');
  const node = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
  const command = join(interop, '../packages/conformance/src/cli.ts');
  await new Promise((resolve) =>
    execFile(
      process.execPath,
      [...node, command, ...card.args, '--quiet', '--json', json],
      { cwd: interop },
      resolve,
    ),
  );
  expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(readCard(card));
}, 300_000);
