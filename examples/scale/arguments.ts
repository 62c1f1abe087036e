import { parseArgs } from 'node:util';

export const HELP = `Ingests documents by 1, 2, 3 ... workers in processes of their own, and tells documents a second of each.

  --documents N   documents for each worker (default 5000: 20,000 for four)
  --workers N     workers at most (default 4)
  --wait MS       what the provider takes for a request (default 500)
  --plot FILE     an SVG of documents a second against workers

It takes its servers from DATABASE_URL and REDIS_URL. \`docker compose up -d --wait\` here starts both; \`local.ts\` starts programs that
are installed on this machine.
`;

export interface Settings {
  readonly documents: number;
  readonly workers: number;
  readonly waitMs: number;
  readonly plot: string | undefined;
}

/** Undefined where help is asked for. Throws what to change. */
export function parseArguments(args: readonly string[]): Settings | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { documents: text, workers: text, wait: text, plot: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return undefined;
  return {
    documents: count('documents', values.documents ?? '5000'),
    workers: count('workers', values.workers ?? '4'),
    waitMs: count('wait', values.wait ?? '500'),
    plot: values.plot,
  };
}

function count(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} is ${text}; it takes a whole number above 0.`);
}
