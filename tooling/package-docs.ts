/**
 * What is shipped of the documentation: every guide in the tarball of the package that it is about, so that a reader who has
 * nothing but `node_modules` has them. The copies are made when packages are packed, and are not in git.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { addresses } from './repository.ts';
import { publishedPackages, root, type Package } from './workspace.ts';

/** The pages of each package, without `docs/guides/` before the name. Each guide stands once. */
const GUIDES: Readonly<Record<string, readonly string[]>> = {
  '@mortise/core': [
    ...['language-models', 'embeddings', 'rerankers', 'web-server', 'browser', 'events', 'performance'],
    ...['custom-llm', 'custom-embedding', 'custom-retriever', 'custom-reader', 'proprietary-models'],
    ...['testing', 'troubleshooting'],
  ],
  '@mortise/toolkit': ['structured-output', 'tools', 'parsing', 'output-formatting', 'prompts'],
  '@mortise/rag': ['documents', 'answers', 'conversations', 'from-llamaindex-ts', 'from-llamaindex-python'],
  '@mortise/conformance': ['conformance'],
  '@mortise/stores': ['stores'],
  '@mortise/inspector': ['inspector'],
  '@mortise/ai-sdk': ['ai-sdk'],
  '@mortise/bullmq': ['scale'],
  '@mortise/langchain': ['langchain', 'from-langchain'],
  '@mortise/mcp': ['mcp'],
  '@mortise/opentelemetry': ['tracing'],
};
/** Whole programs: what a reader copies who has no repository, beside the core that all of them need. */
const COOKBOOK = readdirSync(join(root, 'docs/cookbook')).map((name) => `docs/cookbook/${name}`);

/** Skills, by the package that brings them. */
const SKILLS: Readonly<Record<string, readonly string[]>> = {
  '@mortise/core': ['use-mortise'],
  '@mortise/conformance': ['write-an-integration'],
};
/** Further pages: from where in the repository, to where in the package. */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '@mortise/core': {
    'docs/providers.md': 'docs/providers.md',
    'docs/terms.md': 'docs/terms.md',
    'skills/AGENTS.md': 'AGENTS.md',
    ...Object.fromEntries(COOKBOOK.map((path) => [path, path])),
  },
  '@mortise/conformance': Object.fromEntries(
    readdirSync(join(root, 'docs/spec')).map((name) => [`docs/spec/${name}`, `docs/spec/${name}`]),
  ),
};

/** What `files` of a package has besides code, for what is copied into it. */
export function shippedFolders(name: string): string[] {
  const targets = Object.values(pagesOf(name));
  const folders = ['docs', 'skills'].filter((folder) =>
    targets.some((path) => path.startsWith(`${folder}/`)),
  );
  return [...folders, ...(targets.includes('AGENTS.md') ? ['AGENTS.md'] : [])];
}

/** The pages of a package: their places in it, by their places in the repository. */
export function pagesOf(name: string): Record<string, string> {
  const guides = (GUIDES[name] ?? []).map((guide) => [`docs/guides/${guide}.md`, `docs/${guide}.md`]);
  const skills = (SKILLS[name] ?? []).flatMap((skill) =>
    markdownIn(`skills/${skill}`).map((path) => [path, path]),
  );
  return { ...(Object.fromEntries([...guides, ...skills]) as Record<string, string>), ...PAGES[name] };
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .toSorted();
}

/** Where a page of the repository is in `node_modules`; undefined where no package has it. */
type Place = (path: string) => string | undefined;

/** Pages, and the folders of packages, which are their READMEs. */
export function placesOf(packages: readonly Package[]): Place {
  const places = new Map<string, string>();
  for (const { folder, manifest } of packages) {
    for (const path of [folder, `${folder}/README.md`]) places.set(path, `${manifest.name}/README.md`);
    for (const [from, to] of Object.entries(pagesOf(manifest.name)))
      places.set(from, `${manifest.name}/${to}`);
  }
  return (path) => places.get(path);
}

/**
 * A page of the repository as it stands in `node_modules`: links to other pages lead to where those are installed, all
 * others to `address`, the repository's. Marks of embedded files go.
 */
export function shippedPage(text: string, from: string, placeOf: Place, address: string): string {
  const here = placeOf(from);
  if (here === undefined) throw new Error(`No package ships ${from}: see tooling/package-docs.ts`);
  return text
    .split(/(^```[^]*?^```$)/m)
    .map((part, at) => (at % 2 === 1 ? part : relinked(part)))
    .join('')
    .replaceAll(/^<!-- file: \S+ -->\n+/gm, '');

  function relinked(prose: string): string {
    return prose.replaceAll(
      /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g,
      (link, image: string, words: string, target: string) => {
        if (/^([a-z]+:|#)/.test(target)) return link;
        const [file = '', anchor] = target.split('#');
        const hash = anchor === undefined ? '' : `#${anchor}`;
        const path = posix.normalize(posix.join(posix.dirname(from), file)).replace(/\/$/, '');
        const place = placeOf(path);
        if (place !== undefined)
          return `[${words}](${posix.relative(posix.dirname(here ?? ''), place)}${hash})`;
        return `${image}[${words}](${address}/${image === '' ? 'blob' : 'raw'}/main/${path}${hash})`;
      },
    );
  }
}

/** `docs/README.md` of a package: its guides, and where the others are. */
export function indexPage(name: string, titleOf: (path: string) => string, placeOf: Place): string {
  const line = (path: string, from: string): string =>
    `- [${titleOf(path)}](${posix.relative(from, placeOf(path) ?? '')})`;
  const own = Object.keys(pagesOf(name)).filter((path) => /^docs\/(guides\/|providers|terms)/.test(path));
  const others = Object.keys(GUIDES).filter((other) => other !== name);
  const here = `${name}/docs`;
  return [
    `# Guides of ${name}\n`,
    ...own.map((path) => line(path, here)),
    ...(name === '@mortise/core' ? ['- [Cookbook](cookbook/README.md): whole programs'] : []),
    ...(name === '@mortise/conformance'
      ? ['- [The rules, with the cases that prove them](spec/llm.md): a page for each contract']
      : []),
    '\nThe guides of other packages, where they are installed:\n',
    ...others.map((other) => {
      const titles = (GUIDES[other] ?? []).map((guide) => titleOf(`docs/guides/${guide}.md`));
      return `- \`${other}\`, in \`${posix.relative(here, `${other}/docs`)}\`: ${titles.join('; ')}`;
    }),
    '',
  ].join('\n');
}

/** Writes into each package of the tree `base` what it ships. */
export function shipDocs(packages: readonly Package[] = publishedPackages(), base = root): void {
  const placeOf = placesOf(packages);
  const address = addressOf(process.env);
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const titleOf = (path: string): string => /^# (.+)$/m.exec(read(path))?.[1] ?? basename(path, '.md');
  for (const { folder, manifest } of packages) {
    const { name } = manifest;
    for (const made of ['docs', 'skills', 'AGENTS.md'])
      rmSync(join(base, folder, made), { recursive: true, force: true });
    for (const [from, to] of Object.entries(pagesOf(name)))
      write(join(base, folder, to), shippedPage(read(from), from, placeOf, address));
    if (shippedFolders(name).includes('docs'))
      write(join(base, folder, 'docs/README.md'), indexPage(name, titleOf, placeOf));
  }
}

/** The repository's; a fork that publishes is another one. */
function addressOf({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name }: NodeJS.ProcessEnv): string {
  return server === undefined || name === undefined ? addresses().repository : `${server}/${name}`;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (import.meta.main) shipDocs();
