/**
 * The reference, made of the declarations that are shipped (`dist/*.d.ts`): what an editor shows beside a name is what
 * stands here. One page for each entry point; an entry of many names has one for each folder of its sources.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirname } from 'node:path/posix';
import ts from 'typescript';
import { apiOfReport, readReport } from '../tooling/api/report.ts';
import { shippedEntries } from '../tooling/shipped.ts';
import { root, type Package } from '../tooling/workspace.ts';
import { declarationText, docText, kindOf, KINDS } from './declaration.ts';
import {
  behind,
  declarationsOf,
  leftOver,
  namedTypes,
  namesOf,
  resolved,
  shownDeclarations,
  usesOf,
  type Item,
} from './named.ts';
import { between, type Page } from './page.ts';

/** More names than this, from one entry, and it has a page for each folder. */
const MANY = 60;

const NOT_EXPORTED =
  'They are not exported. Write the object where it is wanted, or take the type from what names it: `Parameters<typeof name>[0]` of a function, `ConstructorParameters<typeof Name>[0]` of a class.';

interface Group {
  readonly pkg: string;
  /** The folder of what is shipped of it, absolute. */
  readonly dist: string;
  /** What an application imports from, such as `@mortise/core/llm`. */
  readonly specifier: string;
  readonly path: string;
  readonly title: string;
  readonly items: readonly Item[];
  /** Names that the entry exports too, and another page describes. */
  readonly elsewhere: readonly Item[];
}

/** The packages of `packages` that are not built. */
export function unbuilt(packages: readonly Package[]): string[] {
  return packages
    .filter((pkg) => shippedEntries(pkg).some(({ types }) => !existsSync(types)))
    .map(({ manifest }) => manifest.name);
}

/** Types that pages of the reference name, and neither show nor link to. */
export function leftOverNames(packages: readonly Package[], pages: readonly Page[]): string[] {
  return packages.flatMap(({ folder, manifest }) => {
    const dist = join(root, folder, 'dist');
    const ours = namesOf(
      readdirSync(dist, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.d.ts'))
        .map((file) => readFileSync(join(dist, file), 'utf8')),
    );
    const path = `reference/${manifest.name.replace('@mortise/', '')}`;
    return pages
      .filter((page) => page.path === `${path}.md` || page.path.startsWith(`${path}/`))
      .flatMap((page) => leftOver(page.text, ours).map((problem) => `${page.path}: ${problem}`));
  });
}

/** Pages of packages that are built. */
export function referencePages(packages: readonly Package[]): Page[] {
  const entries = packages.flatMap((pkg) => shippedEntries(pkg).map((entry) => ({ pkg, ...entry })));
  const program = ts.createProgram(
    entries.map(({ types }) => types),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ESNext,
      lib: ['lib.es2024.d.ts'],
      skipLibCheck: true,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  const exported = (types: string): Item[] => {
    const file = program.getSourceFile(types);
    const module = file && checker.getSymbolAtLocation(file);
    const taken = new Set<string>();
    return (module === undefined ? [] : checker.getExportsOfModule(module)).map((each) => {
      const symbol = resolved(each, checker);
      const kind = kindOf(symbol);
      const name = each.name.toLowerCase();
      const anchor = taken.has(name) ? `${name}-${kind}` : name;
      taken.add(anchor);
      return { name: each.name, anchor, kind, symbol };
    });
  };
  // The entries of folders come first: what they export is described there, and not at the root.
  const ordered = entries
    .map((entry) => ({ ...entry, items: exported(entry.types) }))
    .toSorted((a, b) => Number(a.subpath === '.') - Number(b.subpath === '.'));
  const homes = new Map<ts.Symbol, string>();
  const groups = ordered.flatMap(({ pkg, subpath, items }) => {
    const own = items.filter(({ symbol }) => !homes.has(symbol));
    const specifier = `${pkg.manifest.name}${subpath.slice(1)}`;
    const dist = join(root, pkg.folder, 'dist');
    const made = groupsOf(pkg.manifest.name, specifier, own, items).map((group) => ({ ...group, dist }));
    for (const { path, items: described } of made)
      for (const { anchor, symbol } of described)
        for (const each of [symbol, behind(symbol, checker) ?? symbol]) homes.set(each, `${path}#${anchor}`);
    return made;
  });
  const sorted = groups.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const named = namedTypes(sorted, homes, checker);
  return [
    indexPage(sorted),
    ...sorted.map((group) => groupPage(group, named.get(group.path) ?? [], homes, checker)),
  ];
}

function groupsOf(
  pkg: string,
  specifier: string,
  own: readonly Item[],
  all: readonly Item[],
): Omit<Group, 'dist'>[] {
  const path = `reference/${specifier.replace('@mortise/', '')}`;
  const elsewhere = all.filter((item) => !own.includes(item));
  const one = { pkg, specifier, path: `${path}.md`, title: specifier, items: own, elsewhere };
  if (specifier !== pkg || own.length <= MANY) return [one];
  const folders = foldersOf(pkg);
  const byFolder = Map.groupBy(own, ({ name }) => folders.get(name) ?? '');
  const others = byFolder.get('') ?? [];
  return [
    ...[...byFolder]
      .filter(([folder]) => folder !== '')
      .map(([folder, items]) => ({
        pkg,
        specifier,
        path: `${path}/${folder === 'index' ? 'indexes' : folder}.md`,
        title: `${specifier}: ${folder}`,
        items,
        elsewhere: [],
      })),
    { ...one, items: others, elsewhere: all.filter((item) => !others.includes(item)) },
  ];
}

/** The folder of `src` that declares a name, by the report of the package. */
function foldersOf(name: string): Map<string, string> {
  const { files } = apiOfReport(readReport(name, false) ?? '');
  return new Map(
    [...files].flatMap(([path, text]) => {
      const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
      const declared =
        /^export (?:declare )?(?:abstract )?(?:class|function|interface|type|const|let) (\w+)/gm;
      return [...text.matchAll(declared)].map(([, each = '']): [string, string] => [each, folder]);
    }),
  );
}

function groupPage(
  group: Group,
  named: readonly Item[],
  homes: ReadonlyMap<ts.Symbol, string>,
  checker: ts.TypeChecker,
): Page {
  const link = ({ name, symbol }: Item): string =>
    `[\`${name}\`](${linkTo(group.path, homes.get(symbol) ?? '')})`;
  const section = (heading: string, items: readonly Item[], about: readonly string[] = []): string[] =>
    items.length === 0
      ? []
      : [
          `## ${heading}`,
          ...about,
          ...items
            .toSorted((a, b) => a.name.localeCompare(b.name))
            .map((item) => itemText(item, group.path, homes, checker)),
        ];
  const sections = KINDS.flatMap(({ kind, heading }) =>
    section(
      heading,
      group.items.filter((item) => item.kind === kind),
    ),
  );
  const also = group.elsewhere.toSorted((a, b) => a.name.localeCompare(b.name)).map(link);
  const short = group.specifier.replace('@mortise/', '');
  const about = linkTo(group.path, `packages/${group.pkg.replace('@mortise/', '')}.md`);
  const text = [
    `# ${group.title}`,
    `What \`${group.specifier}\` exports, as its declarations say it. [About the package](${about}); [the whole reference](${linkTo(group.path, 'reference/index.md')}).`,
    ...sections,
    ...section('Types that are named here', named, [NOT_EXPORTED]),
    ...(also.length === 0
      ? []
      : [
          `## ${group.items.length === 0 ? 'Names' : 'Also'}`,
          `\`${short}\` exports these too: ${also.join(', ')}.`,
        ]),
  ].join('\n\n');
  const count = group.items.length + group.elsewhere.length;
  return {
    path: group.path,
    source: undefined,
    title: group.title,
    summary: `${count} ${count === 1 ? 'name' : 'names'} of ${group.specifier}${valuesOf(group)}.`,
    text: `${text}\n`,
  };
}

function valuesOf({ items, elsewhere }: Pick<Group, 'items' | 'elsewhere'>): string {
  const values = [...items, ...elsewhere].filter(({ kind }) => kind === 'class' || kind === 'function');
  return values.length === 0
    ? ''
    : `: ${values
        .slice(0, 6)
        .map(({ name }) => name)
        .join(', ')}${values.length > 6 ? ' and others' : ''}`;
}

function itemText(
  { name, anchor, symbol }: Item,
  path: string,
  homes: ReadonlyMap<ts.Symbol, string>,
  checker: ts.TypeChecker,
): string {
  const declarations = shownDeclarations(symbol, checker);
  const described = [...new Set([...declarationsOf(symbol), ...declarations])];
  const uses = usesOf(declarations, checker)
    .filter((used) => homes.has(used) && homes.get(used) !== homes.get(symbol))
    .map((used) => `[\`${used.name.replace(/\$\d+$/, '')}\`](${linkTo(path, homes.get(used) ?? '')})`);
  return [
    `### ${name}${anchor === name.toLowerCase() ? '' : ` {#${anchor}}`}`,
    ...new Set(described.map(docText).filter((each) => each !== '')),
    `\`\`\`ts\n${declarations.map((each) => declarationText(each, name)).join('\n')}\n\`\`\``,
    ...(uses.length === 0 ? [] : [`Uses: ${uses.join(', ')}`]),
  ].join('\n\n');
}

/** `home` (`reference/core/llm.md#llm`) as a link of the page at `path`. */
function linkTo(path: string, home: string): string {
  const [target = '', anchor] = home.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  return target === path ? hash : `${between(dirname(path), target)}${hash}`;
}

function indexPage(groups: readonly Group[]): Page {
  const rows = groups.map((group) => {
    const count = group.items.length + group.elsewhere.length;
    return `| [\`${group.title}\`](${linkTo('reference/index.md', group.path)}) | ${count} | ${valuesOf(group).slice(2)} |`;
  });
  return {
    path: 'reference/index.md',
    source: undefined,
    title: 'Reference',
    summary: 'Every entry point of every package, as its declarations say it.',
    text: `# Reference

Every entry point of every package: names, types, units, defaults and errors, made from the declarations that are shipped.

| entry point | names | such as |
| --- | --- | --- |
${rows.join('\n')}
`,
  };
}
