import { parseArgs } from 'node:util';
import { loadSubject, type Subject } from './load.ts';
import { runTests, type RunProgress } from './run-tests.ts';
import { summary } from './sentences.ts';
import { HELP } from './usage.ts';
import { REPORT_FILES, write } from './write.ts';

/** `mortise-conformance`, and what to try: gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...REPORT_FILES,
      'ai-sdk': { type: 'string' },
      langchain: { type: 'string' },
      package: { type: 'string' },
      dialect: { type: 'string' },
      case: { type: 'string', multiple: true },
      quiet: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const subject = subjectOf(values, positionals);
  const wiring = await loadSubject(subject);
  const onProgress = values.quiet === true ? undefined : progressLine();
  const outcome = await runTests(wiring, { cases: values.case, onProgress });
  write(outcome.results, values);
  const asked = args.filter((argument, at) => argument !== '--case' && args[at - 1] !== '--case');
  process.stdout.write(summary(outcome, `npx @mortise/conformance ${asked.map(quoted).join(' ')}`));
  const isWhole = outcome.results.every(({ cases }) =>
    cases.every(({ status }) => status === 'passed' || status === 'skipped'),
  );
  return isWhole && outcome.other.length === 0 ? 0 : 1;
}

interface Given {
  readonly 'ai-sdk'?: string | undefined;
  readonly langchain?: string | undefined;
  readonly package?: string | undefined;
  readonly dialect?: string | undefined;
}

function subjectOf(given: Given, [file, ...others]: readonly string[]): Subject {
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

/** One line that is written over in a terminal; elsewhere a line now and then, so that a log of CI shows that it goes on. */
function progressLine(): (progress: RunProgress) => void {
  const { stderr } = process;
  return ({ done, total, failed, title }) => {
    const line = `${done} of ${total}, ${failed} failed`;
    if (stderr.isTTY) {
      const width = Math.max(20, (stderr.columns ?? 80) - 1);
      stderr.write(
        `\r${done === total ? line.padEnd(width) : `${line}: ${title}`.slice(0, width).padEnd(width)}`,
      );
      if (done === total) stderr.write('\n');
    } else if (done === total || done % 50 === 0) stderr.write(`${line}\n`);
  };
}

function quoted(argument: string): string {
  return /^[\w./@:=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
