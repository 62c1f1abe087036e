import { HELP, parseArguments, type Settings } from './arguments.ts';
import { ask } from './ask.ts';
import { describeFailure } from './failure.ts';
import { openInspector } from './inspecting.ts';
import { showEvents } from './verbose.ts';

/** What a shell reports for a program that ctrl-C ended. */
const INTERRUPTED = 130;

// Not by an abort signal alone: whatever is under way, the user wants their prompt back now. The saved index is always
// whole, so nothing has to be finished first.
process.on('SIGINT', () => {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  process.exit(INTERRUPTED);
});

// `... | head` closes the pipe when it has seen enough; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

let preset: string | undefined;
try {
  const settings = parseArguments(process.argv.slice(2));
  preset = settings.preset;
  if (settings.help) process.stdout.write(HELP);
  else await run(settings);
} catch (error) {
  process.stderr.write(`${describeFailure(error, preset)}\n`);
  process.exitCode = 1;
}

async function run(settings: Settings): Promise<void> {
  if (settings.verbose) showEvents((line) => process.stderr.write(line));
  if (settings.inspect) await openInspector((line) => process.stderr.write(line));
  await ask(settings);
}
