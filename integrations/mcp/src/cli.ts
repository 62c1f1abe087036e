#!/usr/bin/env node
import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { HELP, parseArguments, type Settings } from './cli/arguments.ts';
import { folderRetriever } from './cli/folder.ts';
import { listenOn } from './cli/listen.ts';
import { serveMcp } from './serve.ts';

/** Standard output is the protocol's: whatever is for people goes to standard error. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<void> {
  const settings = parseArguments(args);
  if (settings === 'help') return void process.stdout.write(HELP);
  const { docs, http } = settings;
  const token = http === undefined ? undefined : tokenOf(http.tokenVariable);
  const serving = serveMcp({
    name: 'mortise-docs',
    retriever: await folderRetriever(docs, say),
    about: `of the documents in the folder ${JSON.stringify(docs)}`,
    token,
    toolErrors: (error) => {
      say(`search: ${errorText(error)}`);
      return isMortiseError(error) ? error.message : 'The search failed.';
    },
  });
  const { closed } =
    http === undefined ? await serving.stdio() : await listenOn(http.port, serving.fetch, say);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await Promise.race([closed, stopped]);
  await serving.close();
  // An index that is still being read is left as it is: what is saved of it is whole.
  process.exit(0);
}

function tokenOf(variable: NonNullable<Settings['http']>['tokenVariable']): string {
  const token = process.env[variable];
  if (token !== undefined && token !== '') return token;
  const message = `The environment variable ${variable} is empty. Set it to a token of 16 characters or more, which clients send as Authorization: Bearer.`;
  throw new MortiseError('configuration', message);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(`mortise-mcp: ${errorText(error)}`);
  process.exit(1);
});
