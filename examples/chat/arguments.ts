import { parseArgs } from 'node:util';
import { parseArguments, type Settings } from '@mortise-examples/ask/arguments';
import { AskError } from '@mortise-examples/ask/failure';

export interface ChatSettings {
  /** Documents and models, as `pnpm start` takes them. */
  readonly ask: Settings;
  readonly port: number;
  /** The folder of conversations, notes and the key. */
  readonly data: string;
  readonly help: boolean;
}

export const HELP = `A page to ask a folder of documents in, on this machine alone.

Usage: pnpm start:chat [options]

  --port N                 the port of 127.0.0.1; default: 8787
  --data DIR               where conversations, notes and the key are kept; default: examples/chat/.mortise
  --docs DIR, --llm PROVIDER:MODEL, --embedding WHICH, --base-url URL, --preset NAME, --inspect
                           as for pnpm start (see pnpm start --help); without --llm no key is needed
  --help                   show this text
`;

const OWN = {
  port: { type: 'string' },
  data: { type: 'string' },
} as const;

/** Options of the terminal program that a page has no use for. */
const NOT_HERE = ['question', 'json', 'verbose'];

/** Throws an `AskError` for whatever it cannot make sense of. */
export function parseChatArguments(argv: readonly string[], defaultData: string): ChatSettings {
  const { values, tokens } = parseArgs({
    args: argv[0] === '--' ? argv.slice(1) : [...argv],
    options: OWN,
    strict: false,
    tokens: true,
  });
  const theirs = tokens.flatMap((token) => {
    if (token.kind !== 'option') return token.kind === 'positional' ? [token.value] : ['--'];
    if (Object.hasOwn(OWN, token.name)) return [];
    if (NOT_HERE.includes(token.name))
      throw new AskError(
        `${token.rawName} is for the terminal`,
        'Leave it out: questions are asked in the page.',
      );
    return token.inlineValue ? [`${token.rawName}=${token.value}`] : [token.rawName];
  });
  const ask = parseArguments(theirs);
  const data = values.data ?? defaultData;
  if (typeof data !== 'string' || data === '') throw new AskError('--data needs a value', 'See --help.');
  return { ask, data, port: portOf(values.port), help: ask.help };
}

function portOf(text: unknown = '8787'): number {
  const port = typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new AskError(
    `--port ${String(text)} is no port`,
    'It takes a number up to 65535; 0 takes any that is free.',
  );
}
