import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { redact } from '@mortise/core/wire';
import { accessOf } from '../server/ask.ts';
import { SERVER_COST } from '../server/conformance.ts';
import { loadSubject, type Subject } from './load.ts';
import { runTests, type RunProgress } from './run-tests.ts';
import { summary } from './sentences.ts';
import { HELP } from './usage.ts';
import { REPORT_FILES, write } from './write.ts';

const OPTIONS = {
  ...REPORT_FILES,
  'ai-sdk': { type: 'string' },
  langchain: { type: 'string' },
  package: { type: 'string' },
  dialect: { type: 'string' },
  'base-url': { type: 'string' },
  model: { type: 'string' },
  'api-key-env': { type: 'string' },
  without: { type: 'string', multiple: true },
  case: { type: 'string', multiple: true },
  yes: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Given = ReturnType<typeof parse>['values'];

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });

/** `mortise-conformance`, and what to try: gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const subject = subjectOf(values, positionals);
  if (subject.kind === 'server' && values.yes !== true) await askFirst(subject);
  const wiring = await loadSubject(subject);
  const onProgress = values.quiet === true ? undefined : progressLine();
  const outcome = await runTests(wiring, { cases: values.case, onProgress });
  write(outcome.results, values);
  const asked = args.filter((argument, at) => argument !== '--case' && args[at - 1] !== '--case');
  const told = summary(outcome, `npx @mortise/conformance ${asked.map(quoted).join(' ')}`);
  process.stdout.write(subject.kind === 'server' ? redact(told, accessOf(subject.options).secrets) : told);
  const isWhole = outcome.results.every(({ cases }) =>
    cases.every(({ status }) => status === 'passed' || status === 'skipped'),
  );
  return isWhole && outcome.other.length === 0 ? 0 : 1;
}

function subjectOf(given: Given, [file, ...others]: readonly string[]): Subject {
  if (given['base-url'] !== undefined) return serverOf(given, [file, ...others]);
  const { dialect } = given;
  const subjects = [
    given['ai-sdk'] !== undefined && ({ kind: 'ai-sdk', file: given['ai-sdk'], dialect } as const),
    given.langchain !== undefined && ({ kind: 'langchain', file: given.langchain, dialect } as const),
    given.package !== undefined && ({ kind: 'package', name: given.package } as const),
    file !== undefined && ({ kind: 'module', file } as const),
  ].filter((each) => each !== false);
  if (subjects.length !== 1 || others.length > 0) throw new TypeError(`Say one thing to try.\n\n${HELP}`);
  return subjects[0]!;
}

function serverOf(given: Given, [contract, ...others]: readonly (string | undefined)[]): Subject {
  const { model, without = [] } = given;
  const baseURL = given['base-url']!;
  if ((contract !== 'llm' && contract !== 'embedding') || others.length > 0)
    throw new TypeError('With --base-url say what is tried: llm, or embedding.');
  if (model === undefined) throw new TypeError('Say which model: --model NAME.');
  if (!URL.canParse(baseURL) || !/^https?:/.test(baseURL))
    throw new TypeError('--base-url is no address: http://127.0.0.1:11434/v1, say.');
  const variable = given['api-key-env'];
  const apiKey = variable === undefined ? undefined : process.env[variable]?.trim();
  if (variable !== undefined && !apiKey) throw new TypeError(`The variable ${variable} is not set.`);
  const reasons = Object.fromEntries(without.map((name) => [name, 'It is not expected (--without).']));
  return { kind: 'server', options: { contract, baseURL, model, apiKey, reasons } };
}

/** Says what it will cost. Nobody to ask is a no: a pipeline says `--yes`. */
async function askFirst({ options }: Extract<Subject, { kind: 'server' }>): Promise<void> {
  const { requests, tokens } = SERVER_COST[options.contract];
  const { host } = new URL(options.baseURL);
  const what = `${options.model} at ${host} is asked up to ${requests} times, one after another, for up to ${tokens} tokens in all.`;
  if (!process.stdin.isTTY) throw new TypeError(`${what} Say --yes.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${what} Go on? [y/N] `);
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new TypeError('Nothing was asked.');
}

/** One line that is written over in a terminal; elsewhere a line now and then, so that a log of CI shows that it goes on. */
function progressLine(): (progress: RunProgress) => void {
  const { stderr } = process;
  return ({ done, total, failed, title }) => {
    const line = `${done} of ${total}, ${failed} failed`;
    if (stderr.isTTY) {
      const width = Math.max(20, (stderr.columns ?? 80) - 1);
      const shown = done === total ? line : `${line}: ${title}`.slice(0, width);
      stderr.write(`\r${shown.padEnd(width)}`);
      if (done === total) stderr.write('\n');
    } else if (done === total || done % 50 === 0) stderr.write(`${line}\n`);
  };
}

function quoted(argument: string): string {
  return /^[\w./@:=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
