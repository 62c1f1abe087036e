import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { providers } from './provider.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const PAGES = ['README.md', 'site/home.md'];

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** What the program prints, as a terminal shows it. */
async function run(name: string): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation(
    (...values: unknown[]) => void printed.push(`${lineOf(values)}\n`),
  );
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (printed.push(String(text)), true));
  vi.stubEnv('OPENAI_API_KEY', 'test');
  vi.stubEnv('ANTHROPIC_API_KEY', 'test');
  const fetch = providers((asked) =>
    asked.includes('Which joint')
      ? JSON.stringify({ name: 'mortise and tenon', woods: ['oak', 'ash'] })
      : 'The tenon fills the mortise, and glue or a pin keeps it there.',
  );
  vi.stubGlobal('fetch', fetch);
  await import(`../readme/${name}.ts`);
  return printed.join('');
}

const lineOf = (values: readonly unknown[]): string =>
  values
    .map((value) =>
      typeof value === 'string' ? value : `[ ${(value as string[]).map((each) => `'${each}'`).join(', ')} ]`,
    )
    .join(' ');

/** The block of that language below the program. */
function blockOf(page: string, language: string): string {
  const [, after = ''] = page.split('<!-- file: examples/guides/readme/first.ts -->');
  return new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(after)?.[1] ?? '';
}

describe('the program that pages begin with', () => {
  it.each(PAGES)('%s shows what it prints', async (page) => {
    vi.resetModules();
    expect(blockOf(read(page), 'text')).toBe(await run('first'));
  });

  it('prints the same on another provider', async () => {
    expect(await run('first-anthropic')).toBe(blockOf(read('README.md'), 'text'));
  });

  it.each(PAGES)('%s shows the lines that differ there, and none else do', (page) => {
    const [left = [], right = []] = ['first', 'first-anthropic'].map((name) =>
      read(`examples/guides/readme/${name}.ts`).split('\n'),
    );
    const swap = left.flatMap((line, at) => (line === right[at] ? [] : [`-${line}`, `+${right[at]}`]));
    expect(right.length).toBe(left.length);
    expect(blockOf(read(page), 'diff')).toBe(`${swap.join('\n')}\n`);
  });
});
