import { createInterface } from 'node:readline/promises';

/** One line from the terminal. Undefined when the user leaves with ctrl-D; ctrl-C ends the program as anywhere. */
export async function readQuestion(prompt: string): Promise<string | undefined> {
  // Opened for one question only: while it is open, ctrl-C is a key to it and not a signal.
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const remaining = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  lines.once('SIGINT', () => void process.emit('SIGINT'));
  try {
    const line = await Promise.race([lines.question(prompt), remaining]);
    if (line === undefined) process.stderr.write('\n');
    return line?.trim();
  } finally {
    lines.close();
  }
}
