import { describe, expect, it } from 'vitest';
import { CAPABILITIES, integrationFiles, type ScaffoldOptions } from 'create-mortise';

const options = (change: Partial<ScaffoldOptions> = {}): ScaffoldOptions => ({
  name: 'acme',
  packageName: 'mortise-acme',
  capabilities: ['llm'],
  openAICompatible: false,
  target: 'standalone',
  ...change,
});
const workspace = { target: 'workspace', packageName: '@mortise/acme' } as const;
const textOf = (files: Map<string, string>, path: string) => files.get(path) ?? '';

describe.each(['standalone', 'workspace'] as const)('%s', (target) => {
  it.each(CAPABILITIES)('writes at most 10 files for %s, source and test among them', (capability) => {
    const files = integrationFiles(options({ capabilities: [capability], target }));
    expect(files.size).toBeLessThanOrEqual(10);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', `src/${capability}.ts`, `test/${capability}.test.ts`]),
    );
  });
});

it('leaves its folder for the changeset alone', () => {
  const outside = [...integrationFiles(options(workspace)).keys()].filter((path) => path.startsWith('..'));
  expect(outside).toEqual(['../../.changeset/new-acme.md']);
  expect(textOf(integrationFiles(options(workspace)), outside[0] ?? '')).toContain("'@mortise/acme': minor");
});

it('writes the names of the provider in every spelling, and none of the template', () => {
  const capabilities = CAPABILITIES;
  const files = integrationFiles(options({ name: 'nova-star', packageName: '@nova/mortise', capabilities }));
  const text = [...files.values()].join('\n');
  expect(text).not.toMatch(/acme/i);
  for (const name of ['NovaStarLLM', 'NOVA_STAR_API_KEY', "'nova-star'", '@nova/mortise', "'nova-star'?:"])
    expect(text).toContain(name);
});

it('takes a name that holds the one of the template', () => {
  const of = (name: string) =>
    integrationFiles(options({ name, packageName: `mortise-${name}`, capabilities: CAPABILITIES }));
  const other = [...of('novas')].map(([path, text]) => [
    path,
    text.replaceAll('NOVAS', 'ZACME').replaceAll('Novas', 'Zacme').replaceAll('novas', 'zacme'),
  ]);
  expect([...of('zacme')]).toEqual(other);
});

it('reaches the package by its name in the workspace, and its sources on its own', () => {
  expect(textOf(integrationFiles(options(workspace)), 'test/llm.test.ts')).toContain("from '@mortise/acme'");
  expect(textOf(integrationFiles(options()), 'test/llm.test.ts')).toContain("from '../src/index.ts'");
});

it('loads an SDK at the first call, and depends on it', () => {
  const files = integrationFiles(options({ sdk: { name: '@acme/sdk', range: '^2.0.0' } }));
  expect(JSON.parse(textOf(files, 'package.json'))).toMatchObject({
    dependencies: { '@acme/sdk': '^2.0.0' },
  });
  const client = textOf(files, 'src/client.ts');
  expect(client).toContain('await loadSdk();');
  expect(client).toContain("lazySdk('acme', '@acme/sdk', () => import('@acme/sdk'))");
});

it("builds on OpenAI's wire functions where the provider speaks it, and on none of them elsewhere", () => {
  const capabilities = ['llm', 'embedding', 'parser'] as const;
  const files = integrationFiles(options({ capabilities, openAICompatible: true }));
  expect(textOf(files, 'src/llm.ts')).toContain("from '@mortise/openai'");
  expect(textOf(files, 'src/embedding.ts')).toContain("from '@mortise/openai'");
  expect(textOf(files, 'src/client.ts')).toContain("'https://api.acme.example/v1'");
  expect(textOf(files, 'src/parser.ts')).not.toContain('openai');
  expect([...integrationFiles(options({ capabilities })).values()].join('')).not.toMatch(/@mortise\/openai/);
});

it('marks what the author replaces, in source and test', () => {
  for (const [path, text] of integrationFiles(options({ capabilities: CAPABILITIES })))
    if (/^(src|test)\/(?!index)/.test(path)) expect(text, path).toContain('REPLACE');
});

it("puts the licence in the authors' name, and leaves the workspace's as it is", () => {
  expect(textOf(integrationFiles(options()), 'LICENSE')).toContain('the contributors of mortise-acme');
  expect(textOf(integrationFiles(options(workspace)), 'LICENSE')).toContain('Mortise contributors');
});
