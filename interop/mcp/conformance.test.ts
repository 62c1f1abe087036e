import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The official scenarios, over loopback. What serves and asks in them stands in `server.ts` and `client.ts`. */
const program = join(import.meta.dirname, '../node_modules/@modelcontextprotocol/conformance/dist/index.js');
const options = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
const at = (file: string): string[] => [...options, join(import.meta.dirname, file)];

/** Of those for servers. The others ask for resources, logs, sampling, elicitation and completion, which `serveMcp` does not serve. */
const SERVER = {
  '2025-06-18': [
    ...['server-initialize', 'ping', 'tools-list', 'tools-call-simple-text', 'tools-call-image'],
    ...['tools-call-audio', 'tools-call-error', 'tools-call-with-progress'],
    ...['prompts-list', 'prompts-get-simple', 'prompts-get-with-args', 'prompts-get-with-image'],
  ],
  '2025-11-25': ['server-session-lifecycle', 'json-schema-2020-12', 'dns-rebinding-protection'],
  '2026-07-28': [
    ...['tools-list', 'tools-call-simple-text', 'tools-call-image', 'tools-call-audio', 'tools-call-error'],
    ...['tools-call-with-progress', 'json-schema-2020-12', 'server-sse-multiple-streams'],
    ...['prompts-list', 'prompts-get-simple', 'prompts-get-with-args', 'prompts-get-with-image'],
    ...['dns-rebinding-protection', 'http-header-validation'],
    ...['input-required-result-unsupported-methods'],
  ],
};
/** Of those for clients. The others are of authorization, elicitation and skills, which `mcpTools` leaves to the SDK's client. */
const CLIENT = {
  '2025-11-25': ['initialize', 'tools_call', 'sse-retry'],
  '2026-07-28': [
    ...['tools_call', 'request-metadata', 'http-standard-headers', 'http-custom-headers'],
    'http-invalid-tool-headers',
  ],
};

const pairs = (of: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(of).flatMap(([version, names]) => names.map((name): [string, string] => [version, name]));

let server: ReturnType<typeof spawn>;
let url: string;
let results: string;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'mortise-mcp-'));
  server = spawn(process.execPath, at('server.ts'), { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout!, 'data')) as [Buffer];
  url = line.toString().trim();
});

afterAll(() => {
  server.kill();
  rmSync(results, { recursive: true, force: true });
});

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '-o', results], {
    encoding: 'utf8',
  });
  return `${status}\n${stdout}\n${stderr}`;
}

describe('serveMcp', () => {
  it.each(pairs(SERVER))('passes, of %s, %s', (version, scenario) => {
    const said = run('server', '--url', url, '--scenario', scenario, '--spec-version', version);
    expect(said).toMatch(/^0\n[^]*, 0 failed, 0 warnings/);
  });
});

describe('mcpTools', () => {
  it.each(pairs(CLIENT))('passes, of %s, %s', (version, scenario) => {
    const command = [process.execPath, ...at('client.ts')].join(' ');
    const said = run('client', '--command', command, '--scenario', scenario, '--spec-version', version);
    expect(said).toMatch(/^0\n[^]*Passed: (\d+)\/\1, 0 failed, 0 warnings/);
  });
});
