import { parseArgs } from 'node:util';
import { errorText } from '@mortise/core';
import { mcpError } from '../client.ts';

/** What the command line asks for. */
export interface Settings {
  /** The folder, as typed. */
  readonly docs: string;
  /** Absent: standard input and output. */
  readonly http?: { readonly port: number; readonly tokenVariable: string };
}

export const HELP = `Serves a folder of documents to an assistant that speaks MCP: it finds what stands in them.

Usage: npx @mortise/mcp --docs DIR [options]

  --docs DIR         the folder: Markdown, text, CSV, JSON
  --http PORT        over streamable HTTP on this machine, instead of standard input and output; 0: any port
  --token-env NAME   the environment variable that holds the token which clients of --http send
  --help             show this text

The documents are embedded on this machine, and nothing of them leaves it. The index is kept among your caches; what has changed is read when the
program starts.
`;

/** Throws `configuration` for whatever it cannot make sense of. */
export function parseArguments(args: readonly string[]): Settings | 'help' {
  const { docs, http, help, 'token-env': tokenVariable } = read(args);
  if (help === true) return 'help';
  if (docs === undefined || docs === '') throw wrong('there is no folder; give one by --docs DIR');
  if (http === undefined) {
    if (tokenVariable !== undefined) throw wrong('--token-env is for --http PORT, which is missing');
    return { docs };
  }
  if (!/^\d{1,5}$/.test(http) || Number(http) > 65_535) throw wrong(`--http ${http} is no port`);
  if (tokenVariable === undefined || tokenVariable === '')
    throw wrong(
      '--http needs --token-env NAME: an open port is open to every program and page on this machine',
    );
  return { docs, http: { port: Number(http), tokenVariable } };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        docs: { type: 'string' },
        http: { type: 'string' },
        'token-env': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw wrong(errorText(error).split('. ', 1)[0] ?? '');
  }
}

function wrong(what: string): Error {
  return mcpError('configuration', `${what}. See --help.`);
}
