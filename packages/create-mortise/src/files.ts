import { existsSync, readFileSync } from 'node:fs';
import { connectionTest } from './connection-test.ts';
import { manifestOf } from './manifest.ts';
import { hasConnection, type Capability, type ScaffoldOptions } from './options.ts';
import { changesetOf, indexOf, readmeOf } from './pages.ts';
import { constantCase, pascalCase } from './names.ts';
import { replaced } from './replaced.ts';

/** Beside `dist` in the package, and beside `src` in the repository. */
const TEMPLATES = new URL('../templates/', import.meta.url);

/** Every file of a new integration, by its path from the integration's folder. A changeset's path leaves it. */
export function integrationFiles(options: ScaffoldOptions): Map<string, string> {
  const { capabilities, target } = options;
  const files = new Map<string, string>([
    ['package.json', `${JSON.stringify(manifestOf(options), undefined, 2)}\n`],
    ['tsconfig.json', target === 'workspace' ? WORKSPACE_TSCONFIG : STANDALONE_TSCONFIG],
    ['tsup.config.ts', target === 'workspace' ? WORKSPACE_TSUP : STANDALONE_TSUP],
    ['LICENSE', licenceOf(options)],
    ['README.md', readmeOf(options)],
    ['src/index.ts', indexOf(options)],
  ]);
  if (target === 'workspace') files.set(`../../.changeset/new-${options.name}.md`, changesetOf(options));
  else files.set('.gitignore', 'node_modules/\ndist/\n.env\n');
  if (capabilities.some(hasConnection)) files.set('src/client.ts', named(clientOf(options), options));
  for (const capability of capabilities) {
    files.set(`src/${capability}.ts`, named(read(options, capability, 'src', `${capability}.ts`), options));
    const test = named(testOf(options, capability), options);
    files.set(`test/${capability}.test.ts`, test + connectionTest(capability, options));
  }
  return files;
}

function read({ openAICompatible }: ScaffoldOptions, capability: Capability, ...path: string[]): string {
  const own = ['openai-compatible', capability, ...path].join('/');
  return openAICompatible && existsSync(new URL(own, TEMPLATES))
    ? template(own)
    : template([capability, ...path].join('/'));
}

/** The connection is shared, and so are the provider's refusals. */
function testOf(options: ScaffoldOptions, capability: Capability): string {
  const test = read(options, capability, 'test', `${capability}.test.ts`);
  if (!options.openAICompatible || capability !== 'reranker') return test;
  return replaced(test, [
    ['import { rerankerConformance', 'import { openAIEmbeddings, rerankerConformance'],
    [/ {2}failure: .*\n/, '  failure: openAIEmbeddings.failure,\n'],
  ]);
}

function clientOf({ sdk, openAICompatible }: ScaffoldOptions): string {
  const client = template('common/src/client.ts');
  if (openAICompatible) {
    return replaced(client, [
      ["'https://api.acme.example'", "'https://api.acme.example/v1'"],
      ['`https://api.acme.example`', '`https://api.acme.example/v1`'],
    ]);
  }
  if (sdk === undefined) return client;
  const load = replaced(template('sdk/load.ts'), [[/acme-sdk/g, sdk.name]]);
  return replaced(client, [
    ['  guardedFetch,\n', '  guardedFetch,\n  lazySdk,\n'],
    ['/** Sends requests, and throws', `${load}\n/** Sends requests, and throws`],
    [
      '    const response = await this.#fetch(',
      '    await loadSdk();\n    // REPLACE: send through the SDK, without its retries, and give the reply back unread.\n    const response = await this.#fetch(',
    ],
  ]);
}

/** The template's words for a provider, in one pass: the name that takes their place may hold them. */
const WORDS = /ACME|Acme|providerOptions\?\.acme|acme\?:|\{ acme:|\bacme(?=[A-Z])|acme/g;

/** The template's words, as this integration's. */
function named(text: string, { name, packageName, target }: ScaffoldOptions): string {
  // The kit's tests reach a workspace's package by its name; on its own, nothing is built before the tests.
  const own = target === 'workspace' ? packageName : '../src/index.ts';
  const isWord = !name.includes('-');
  const key = isWord ? name : `'${name}'`;
  return text
    .split("'@mortise/acme'")
    .map((part) =>
      part.replaceAll(WORDS, (word, at: number) => {
        switch (word) {
          case 'ACME':
            return constantCase(name);
          case 'Acme':
            return pascalCase(name);
          case 'providerOptions?.acme':
            return isWord ? `providerOptions?.${name}` : `providerOptions?.[${key}]`;
          case 'acme?:':
            return `${key}?:`;
          case '{ acme:':
            return `{ ${key}:`;
          default:
            return /^[A-Z]/.test(part.slice(at + word.length)) ? camel(name) : name;
        }
      }),
    )
    .join(`'${own}'`);
}

const camel = (name: string): string => pascalCase(name).replace(/^./, (first) => first.toLowerCase());

/** The workspace's own, or the same in the authors' name. */
function licenceOf({ target, packageName }: ScaffoldOptions): string {
  const text = template('../LICENSE');
  return target === 'workspace'
    ? text
    : replaced(text, [['Mortise contributors', `the contributors of ${packageName}`]]);
}

const template = (path: string): string => readFileSync(new URL(path, TEMPLATES), 'utf8');

const WORKSPACE_TSCONFIG = `{
  "extends": "../../tsconfig.base.json",
  "include": ["src", "test"]
}
`;

const WORKSPACE_TSUP = `import { library } from '../../tsup.base.ts';

export default library(['src/index.ts']);
`;

const STANDALONE_TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2024",
    "lib": ["ES2024"],
    "module": "nodenext",
    "types": ["node"],
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "isolatedModules": true,
    "skipLibCheck": true,
    "strict": true,
    "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true,
    "noImplicitOverride": true,
    "noUnusedLocals": true,
    "noUnusedParameters": true
  },
  "include": ["src", "test"]
}
`;

const STANDALONE_TSUP = `import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2024',
  dts: true,
  sourcemap: true,
  clean: true,
});
`;
