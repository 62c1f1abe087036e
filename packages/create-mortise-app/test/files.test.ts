import { appFiles, PROVIDERS, TEMPLATES, VERSIONS, type AppOptions, type Provider } from 'create-mortise-app';
import { describe, expect, it } from 'vitest';

const options = (change: Partial<AppOptions> = {}): AppOptions => ({
  template: 'chat',
  packageName: 'my-app',
  providers: ['openai'],
  ...change,
});
const known = Object.keys(PROVIDERS) as Provider[];
const textOf = (files: Map<string, string>, path: string) => files.get(path) ?? '';
const manifestOf = (files: Map<string, string>) =>
  JSON.parse(textOf(files, 'package.json')) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
  };

describe.each(TEMPLATES)('%s', (template) => {
  const files = appFiles(options({ template }));

  it('has the furniture of every application, and package.json last', () => {
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        ...['.env.example', '.gitignore', 'AGENTS.md', 'README.md', 'tsconfig.json'],
        ...['src/main.ts', 'src/model.ts', 'src/stand-in.ts'],
      ]),
    );
    expect([...files.keys()].filter((path) => path.endsWith('.test.ts'))).toHaveLength(1);
    expect(Object.keys(manifestOf(files).scripts)).toEqual(['start', 'test', 'typecheck']);
  });

  it('installs what it imports, and nothing else', () => {
    const sources = [...files].filter(([path]) => path.endsWith('.ts')).map(([, text]) => text);
    const imported = sources.flatMap((text) =>
      [...text.matchAll(/from '((?:@mortise\/)?[a-z][\w-]*)(?:\/[\w-]+)?'/g)].map(([, name = '']) => name),
    );
    const packages = Object.keys(manifestOf(files).dependencies);
    // The peer of what is imported.
    const peers = template === 'rag' ? ['@mortise/toolkit'] : [];
    expect(new Set(packages)).toEqual(new Set([...imported, ...peers]));
  });

  it('is read in minutes: no file beyond 80 lines, and the name in place of the template', () => {
    for (const [path, text] of files) {
      if (path.startsWith('src/') && path.endsWith('.ts'))
        expect(text.split('\n').length, path).toBeLessThan(81);
      expect(text, path).not.toMatch(/APP_NAME|APP_MODELS/);
    }
    expect(textOf(files, 'README.md')).toMatch(/^# my-app\n/);
  });

  it('names a provider in one file alone', () => {
    for (const [path, text] of files)
      if (path.endsWith('.ts') && path !== 'src/model.ts')
        expect(text, path).not.toMatch(/@mortise\/(openai|anthropic|google|mistral|cohere)|API_KEY/);
  });
});

describe('src/model.ts', () => {
  it.each(known)('asks %s alone where it is chosen alone, and says how to get the others', (provider) => {
    const files = appFiles(options({ providers: [provider] }));
    const model = textOf(files, 'src/model.ts');
    const packages = Object.keys(manifestOf(files).dependencies).filter((name) => name !== '@mortise/core');
    expect(packages).toEqual([PROVIDERS[provider].packageName]);
    for (const other of known.filter((each) => each !== provider))
      expect(model).toContain(`: '${PROVIDERS[other].packageName}',`);
    for (const key of Object.keys(PROVIDERS[provider].keys)) {
      expect(model).toContain(`${key}: '`);
      expect(textOf(files, '.env.example')).toContain(`${key}=\n`);
    }
  });

  it('has no list of what is missing where nothing is', () => {
    const files = appFiles(options({ providers: known }));
    expect(textOf(files, 'src/model.ts')).not.toContain('NOT_INSTALLED');
    expect(textOf(files, 'README.md')).not.toContain('Another provider');
  });
});

it('keeps keys and data out of git', () => {
  expect(textOf(appFiles(options()), '.gitignore').split('\n')).toEqual(
    expect.arrayContaining(['.env', '.data/', 'node_modules/']),
  );
});

it('has a version for every package that a template can need', () => {
  for (const template of TEMPLATES)
    for (const range of Object.values(
      manifestOf(appFiles(options({ template, providers: known }))).dependencies,
    ))
      expect(range).toMatch(/^\^\d/);
  expect(Object.keys(VERSIONS.tools)).toEqual(['@types/node', 'typescript']);
});
