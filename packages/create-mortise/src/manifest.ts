import type { ScaffoldOptions } from './options.ts';
import { VERSIONS } from './versions.ts';

/** The package.json of a new integration. */
export function manifestOf(options: ScaffoldOptions): object {
  const { name, packageName, sdk, openAICompatible, target, capabilities } = options;
  const workspace = target === 'workspace';
  const built = { types: './dist/index.d.ts', default: './dist/index.js' };
  const published = { '.': built, './package.json': './package.json' };
  const openai = workspace ? 'workspace:^' : VERSIONS.openai;
  const dependencies = {
    ...(openAICompatible ? { '@mortise/openai': openai } : {}),
    ...(sdk === undefined ? {} : { [sdk.name]: sdk.range }),
  };
  return {
    name: packageName,
    version: workspace ? '1.0.0' : '0.1.0',
    description: `${titleOf(name)} for Mortise: ${capabilities.join(', ')}`,
    keywords: ['mortise', ...capabilities, name],
    license: 'MIT',
    ...(workspace ? { author: 'Mortise contributors' } : {}),
    type: 'module',
    sideEffects: false,
    exports: workspace
      ? { '.': { 'mortise-source': './src/index.ts', ...built }, './package.json': './package.json' }
      : published,
    files: ['dist', 'README.md', 'LICENSE', 'CHANGELOG.md'],
    scripts: workspace
      ? {
          build: 'tsup',
          test: `vitest run --root ../.. --project integrations/${name}`,
          typecheck: 'tsc --noEmit',
          lint: 'oxlint -c ../../.oxlintrc.json',
        }
      : {
          build: 'tsup',
          test: 'vitest run',
          typecheck: 'tsc --noEmit',
          // The rules that the repository has off are off here too, so that sources move between the two.
          lint: 'oxlint --deny-warnings -A unicorn/no-new-array -A unicorn/no-useless-spread src test',
          check: 'npm run lint && npm run typecheck && npm run test && npm run build && publint --strict',
        },
    ...(Object.keys(dependencies).length > 0 ? { dependencies } : {}),
    peerDependencies: { '@mortise/core': VERSIONS.core },
    devDependencies: workspace
      ? { '@mortise/conformance': 'workspace:^', '@mortise/core': 'workspace:^' }
      : { '@mortise/conformance': VERSIONS.conformance, '@mortise/core': VERSIONS.core, ...VERSIONS.tools },
    engines: { node: '>=22.13' },
    publishConfig: { access: 'public', ...(workspace ? { exports: published } : {}) },
  };
}

const titleOf = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
