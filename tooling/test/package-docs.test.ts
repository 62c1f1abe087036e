import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { indexPage, pagesOf, placesOf, shipDocs, shippedFolders, shippedPage } from '../package-docs.ts';
import { publishedPackages, root } from '../workspace.ts';

const HOME = 'https://host.example/owner/name';
const packages = publishedPackages();
const placeOf = placesOf(packages);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const shipped = packages.flatMap(({ manifest }) =>
  Object.entries(pagesOf(manifest.name)).map(([from, to]) => ({ from, at: `${manifest.name}/${to}` })),
);
const linksOf = (text: string): string[] =>
  [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

test('every guide, recipe and skill is shipped, each by one package', () => {
  const pages = ['docs/guides', 'docs/cookbook'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  const skills = readdirSync(join(root, 'skills'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `skills/${path}`);
  const guides = shipped
    .map(({ from }) => from)
    .filter((from) => /^(docs\/(guides|cookbook)|skills)\//.test(from));
  expect(guides.toSorted(), 'tooling/package-docs.ts').toEqual([...pages, ...skills].toSorted());
  for (const { from } of shipped) expect(existsSync(join(root, from)), from).toBe(true);
});

test.each(shipped)('the links of $from lead to what is installed, and nowhere else', ({ from, at }) => {
  const text = shippedPage(read(from), from, placeOf, HOME);
  expect(text).not.toMatch(/<!-- file:/);
  const places = new Set([
    ...shipped.map((page) => page.at),
    ...packages.map(({ manifest }) => `${manifest.name}/README.md`),
  ]);
  for (const target of linksOf(text)) {
    if (/^(https?:|#)/.test(target) && !target.startsWith(HOME)) continue;
    if (target.startsWith(HOME)) {
      // Of the repository, as it stands there.
      const path =
        target
          .slice(HOME.length)
          .replace(/^\/(blob|raw)\/main\//, '')
          .split('#')[0] ?? '';
      expect(existsSync(join(root, path)), target).toBe(true);
      continue;
    }
    expect([...places], `${from}: ${target}`).toContain(
      posix.join(posix.dirname(at), target.split('#')[0] ?? ''),
    );
  }
});

test('READMEs name no page of `docs` that their package does not bring along', () => {
  const named = packages.flatMap(({ folder, manifest }) =>
    [...read(`${folder}/README.md`).matchAll(/`(docs\/[\w./-]+)`/g)].map(([, path = '']) => ({
      page: `${folder}: ${path}`,
      isThere: Object.values(pagesOf(manifest.name)).some((to) => to === path || to.startsWith(`${path}/`)),
    })),
  );
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter(({ isThere }) => !isThere).map(({ page }) => page)).toEqual([]);
});

describe('a page', () => {
  const page =
    'See [tools](tools.md#approvals), [the kit](../../packages/conformance), [all](../matrix.md), ![p](../images/a.svg).\n\n<!-- file: a.ts -->\n\n```ts\nconst link = "[a](b.md)";\n```\n';
  const from = 'docs/guides/structured-output.md';

  test('leads to what is installed, and else to the repository', () => {
    expect(shippedPage(page, from, placeOf, HOME)).toBe(
      `See [tools](tools.md#approvals), [the kit](../../conformance/README.md), [all](${HOME}/blob/main/docs/matrix.md), ![p](${HOME}/raw/main/docs/images/a.svg).\n\n\`\`\`ts\nconst link = "[a](b.md)";\n\`\`\`\n`,
    );
  });

  test('that no package ships is refused', () => {
    expect(() => shippedPage('', 'docs/matrix.md', placeOf, HOME)).toThrow('No package ships docs/matrix.md');
  });
});

test('the index of a package names its guides, and where the others are', () => {
  const text = indexPage('@mortise/toolkit', () => 'A title', placeOf);
  expect(text).toContain('- [A title](tools.md)');
  expect(text).toContain('- `@mortise/rag`, in `../../rag/docs`:');
});

test('a package lists what is copied into it among its files', () => {
  for (const { manifest } of packages)
    for (const folder of shippedFolders(manifest.name))
      expect(manifest.files, manifest.name).toContain(folder);
  expect(shippedFolders('@mortise/core')).toEqual(['docs', 'skills', 'AGENTS.md']);
});

describe.each(['use-mortise', 'write-an-integration'])('the skill %s', (name) => {
  const text = read(`skills/${name}/SKILL.md`);
  const [, front = '', body = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];

  test('has a name and a description as loaders of skills want them, and is short', () => {
    expect(front).toMatch(new RegExp(`^name: ${name}$`, 'm'));
    const description = /^description: (.+)$/m.exec(front)?.[1] ?? '';
    expect(description.length).toBeGreaterThan(50);
    expect(description.length).toBeLessThanOrEqual(1024);
    // YAML would take a colon and a space for a mapping.
    expect(description).not.toContain(': ');
    expect(body.split('\n').length).toBeLessThanOrEqual(300);
  });

  test('names what is exported', () => {
    const reports = readdirSync(join(root, 'api'))
      .filter((file) => file.endsWith('.d.ts'))
      .map((file) => read(`api/${file}`))
      .join('\n');
    const prose = body.replaceAll(/^```[^]*?^```$/gm, '');
    const names = [...prose.matchAll(/`([A-Za-z]\w*)`/g)].map(([, each = '']) => each);
    const unknown = names.filter(
      (each) => /^[a-z]+[A-Z]|^[A-Z]\w*[a-z]/.test(each) && !new RegExp(`\\b${each}\\b`).test(reports),
    );
    expect(unknown.filter((each) => !OTHERS.has(each))).toEqual([]);
  });
});

/** Names of the platform. */
const OTHERS: ReadonlySet<string> = new Set(['AbortSignal', 'Float32Array', 'AGENTS', 'README']);

test('the skill lists every code of an error', () => {
  const [, union = ''] = /KnownErrorCode =([^;]+);/.exec(read('packages/core/src/errors.ts')) ?? [];
  const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code = '']) => code);
  const [, rule = ''] =
    /The codes: ([^]*?)\. What had arrived/.exec(read('skills/use-mortise/SKILL.md')) ?? [];
  expect([...rule.matchAll(/`([\w-]+)`/g)].map(([, code]) => code)).toEqual(codes);
});

describe('AGENTS.md', () => {
  const text = read('AGENTS.md');
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, each = '']) => each);

  test('is read at once', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(150);
  });

  test('names commands that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = quoted.flatMap((each) => /^pnpm (?:run )?([\w:]+)/.exec(each)?.[1] ?? []);
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((name) => name !== 'install' && scripts[name] === undefined)).toEqual([]);
  });

  test('names paths that there are', () => {
    const paths = quoted
      .flatMap((each) => each.replace(/^node_modules\/\.bin\/\S+ (run )?/, '').split(/,? /))
      .filter(
        (each) => /^[\w.]+\/[\w./-]*$|^[\w-]+\.(ts|md|yaml)$/.test(each) && !/NAME|^node_modules/.test(each),
      );
    expect(paths.length).toBeGreaterThan(20);
    // Of a package, and not of the repository.
    const inPackage = (path: string): boolean => path.startsWith('src/');
    expect(paths.filter((path) => !inPackage(path) && !existsSync(join(root, path)))).toEqual([]);
  });
});

test('what is packed is copied into a place that git does not see', () => {
  const base = mkdtempSync(join(tmpdir(), 'package-docs-'));
  try {
    shipDocs(packages, base);
    const copies = packages.flatMap(({ folder, manifest }) =>
      [...Object.values(pagesOf(manifest.name)), ...shippedFolders(manifest.name)].map(
        (name) => `${folder}/${name}`,
      ),
    );
    for (const path of [...copies, 'packages/core/docs/README.md'])
      expect(existsSync(join(base, path)), path).toBe(true);
    const files = copies.filter((path) => path.endsWith('.md'));
    const ignored = spawnSync('git', ['check-ignore', '--no-index', ...files], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(new Set(ignored.stdout.trim().split('\n'))).toEqual(new Set(files));
  } finally {
    rmSync(base, { recursive: true });
  }
});
