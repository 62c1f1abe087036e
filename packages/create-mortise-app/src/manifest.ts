import type { AppOptions, Template } from './options.ts';
import { PROVIDERS } from './providers.ts';
import { VERSIONS } from './versions.ts';

/** What a template imports, besides core and the providers. */
const NEEDS: Readonly<Record<Template, readonly (keyof typeof VERSIONS.packages)[]>> = {
  chat: [],
  rag: ['@mortise/energetic-ai', '@mortise/rag', '@mortise/toolkit'],
  extraction: ['@mortise/stores', '@mortise/toolkit', 'zod'],
  agent: ['@mortise/stores', '@mortise/toolkit', 'zod'],
};

/** Node 22.13 strips types by the flag alone; later ones take the flag too. */
const NODE = 'node --experimental-strip-types --disable-warning=ExperimentalWarning';

/** The package.json of a new application. */
export function manifestOf({ template, packageName, providers }: AppOptions): object {
  const names = [
    '@mortise/core' as const,
    ...NEEDS[template],
    ...providers.map((each) => PROVIDERS[each].packageName),
  ].toSorted();
  return {
    name: packageName,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: {
      start: `${NODE} src/main.ts`,
      test: `${NODE} --test "test/*.test.ts"`,
      typecheck: 'tsc',
    },
    dependencies: Object.fromEntries(names.map((name) => [name, VERSIONS.packages[name]])),
    devDependencies: VERSIONS.tools,
    engines: { node: '>=22.13' },
  };
}
