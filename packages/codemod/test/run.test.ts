import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommand, run } from '@mortise/codemod';

const PROGRAM =
  "import { openai } from '@llamaindex/openai';\r\n\r\n// ours\r\nexport const llm = openai({ model: 'm' });\r\n";
const LEFT =
  "import { KeywordTableIndex } from 'llamaindex';\nexport const index = new KeywordTableIndex();\n";

let folder = '';
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const git = (...args: string[]): void =>
  void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });
const commit = (): void => {
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'a');
};

function command(...args: string[]): { code: number; out: string; err: string } {
  const said = { out: '', err: '' };
  const options = parseCommand(args);
  if (options === undefined) throw new Error('help');
  const code = run(options, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
  });
  return { code, ...said };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codemod-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a run', () => {
  it('changes what it understands, keeps line ends, comments and permissions, and says what to install', () => {
    write('src/a.ts', PROGRAM);
    chmodSync(join(folder, 'src/a.ts'), 0o755);
    commit();
    const { code, out } = command('llamaindex', join(folder, 'src'));
    expect(code).toBe(0);
    expect(read('src/a.ts')).toBe(
      "import { OpenAILLM } from '@mortise/openai';\r\n\r\n// ours\r\nexport const llm = new OpenAILLM({ model: 'm', api: 'chat-completions' });\r\n",
    );
    expect(statSync(join(folder, 'src/a.ts')).mode & 0o777).toBe(0o755);
    expect(out).toContain('npm install @mortise/core @mortise/openai\nnpm uninstall @llamaindex/openai');
  });

  it('shows a diff and writes nothing with --dry-run', () => {
    write('a.ts', PROGRAM);
    const { out } = command('llamaindex', folder, '--dry-run');
    expect(out).toMatch(/^--- .*a\.ts\n\+\+\+ .*a\.ts\n@@ -1,5 \+1,5 @@\n-import \{ openai \}/);
    expect(read('a.ts')).toBe(PROGRAM);
  });

  it('lists what it leaves by file and line, and says so by its exit code', () => {
    write('a.ts', LEFT);
    commit();
    const { code, out } = command('llamaindex', folder);
    expect(code).toBe(1);
    expect(out).toContain('a.ts:2  KeywordTableIndex: ');
    expect(read('a.ts')).toBe(LEFT);
  });

  it('refuses to write over what git could not bring back, unless it is told to', () => {
    write('a.ts', PROGRAM);
    expect(() => command('llamaindex', folder)).toThrow(/in no git repository/);
    commit();
    write('b.ts', 'export {};\n');
    expect(() => command('llamaindex', folder)).toThrow(/not committed/);
    expect(read('a.ts')).toBe(PROGRAM);
    expect(command('llamaindex', folder, '--force').code).toBe(0);
    expect(read('a.ts')).not.toBe(PROGRAM);
  });

  it('passes by dependencies, builds and declarations', () => {
    for (const path of ['node_modules/x/a.ts', 'dist/a.js', 'a.d.ts', '.cache/a.ts']) write(path, PROGRAM);
    write('b.js', 'export {};\n');
    commit();
    expect(command('llamaindex', folder).out).toContain('0 files changed.');
    expect(read('dist/a.js')).toBe(PROGRAM);
  });

  it('lists a file that does not parse, and leaves it', () => {
    const text = `${PROGRAM}export const = 1;\n`;
    write('a.ts', text);
    commit();
    const { out, code } = command('llamaindex', folder);
    expect([code, read('a.ts')]).toEqual([1, text]);
    expect(out).toContain('It does not parse');
  });

  it('tells programs the same as JSON', () => {
    write('a.ts', PROGRAM);
    write('b.ts', LEFT);
    const { summary, files } = JSON.parse(command('llamaindex', folder, '--dry-run', '--json').out) as {
      summary: object;
      files: { state: string; diff: string }[];
    };
    expect(summary).toEqual({
      files: 2,
      changed: 1,
      partly: 0,
      left: 1,
      install: ['@mortise/core', '@mortise/openai'],
      remove: ['@llamaindex/openai'],
    });
    expect(files.map(({ state }) => state)).toEqual(['changed', 'left']);
  });
});

describe('the command line', () => {
  it.each([
    [[], 'No library is named'],
    [['svelte', '.'], 'svelte is no library'],
    [['llamaindex'], 'No path is given'],
    [['llamaindex', 'a', 'b'], 'more than one path'],
    [['llamaindex', '.', '--write'], '--write'],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommand(args)).toThrow(message);
  });

  it('says what is not there, and what to do', () => {
    expect(() => command('llamaindex', join(folder, 'none'))).toThrow(
      /There is no .*none\. Name a folder or a file that exists\./,
    );
    write('a.txt', 'x');
    expect(() => command('llamaindex', folder)).toThrow(/no TypeScript or JavaScript/);
  });

  it('helps', () => {
    expect(parseCommand(['--help'])).toBeUndefined();
  });
});
