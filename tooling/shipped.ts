/**
 * What is shipped, held against what it says and against the API reports. Reports are made from sources, so that tests
 * need no build; `dist` is made by another program, which has lost types and promised values before.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { breaks, parsedOnce } from './api/compare.ts';
import { publicFiles, type Api } from './api/declarations.ts';
import { apiOfReport, readReport } from './api/report.ts';
import { publishedPackages, root, type Package } from './workspace.ts';

/** The files that a consumer of one subpath gets, absolute. */
interface Entry {
  readonly subpath: string;
  readonly types: string;
  readonly code: string;
}

/** Of a package that is built in `base`; from `publishConfig`, which is what the tarball has. */
export function shippedEntries({ folder, manifest }: Package, base = root): Entry[] {
  const exported = manifest.publishConfig?.exports ?? manifest.exports ?? {};
  return Object.entries(exported).flatMap(([subpath, target]) => {
    if (typeof target === 'string' || target['types'] === undefined || target['default'] === undefined)
      return [];
    const path = (file: string): string => join(base, folder, file);
    return [{ subpath, types: path(target['types']), code: path(target['default']) }];
  });
}

function programOf(files: readonly string[]): ts.Program {
  const options = {
    ...{ module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ESNext },
    ...{ skipLibCheck: true, types: [] },
  };
  const host = ts.createCompilerHost(options);
  const real = ts.createCompilerHost(options);
  host.getSourceFile = (path, version) =>
    files.includes(path) ? real.getSourceFile(path, version) : parsedOnce(real, path, version);
  return ts.createProgram(files, options, host);
}

/** The values that the declarations promise; `export type` promises none. */
export function declaredValues(types: string, program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(types);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${types} is no module, or is not there. Build first.`);
  return checker.getPropertiesOfType(checker.getTypeOfSymbol(module)).map(({ name }) => name);
}

/** Values that are declared and not there, and those that are there and not declared. */
export async function valueProblems(name: string, entries: readonly Entry[]): Promise<string[]> {
  const program = programOf(entries.map(({ types }) => types));
  const problems: string[] = [];
  for (const { subpath, types, code } of entries) {
    const declared = new Set(declaredValues(types, program));
    const there = new Set(Object.keys((await import(pathToFileURL(code).href)) as object));
    const entry = `${name}${subpath.slice(1)}`;
    for (const value of [...declared].filter((each) => !there.has(each)))
      problems.push(
        `${entry} declares '${value}', and import() does not give it: export the value, or its type alone`,
      );
    for (const value of [...there].filter((each) => !declared.has(each)))
      problems.push(`${entry} gives '${value}', and does not declare it: export it from the index`);
  }
  return problems;
}

/** The API of a package as its shipped declarations say it. */
export function shippedApi(pkg: Package, base = root): Api {
  const dist = join(base, pkg.folder, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts'))
    // As the reports write them: declarations name each other by their sources.
    .map((file): [string, string] => [
      file,
      readFileSync(join(dist, file), 'utf8').replaceAll(
        /((?:from|import\() ?['"]\.[^'"]*)\.js(?=['"])/g,
        '$1.ts',
      ),
    ]);
  const entries = new Map(
    shippedEntries(pkg, base).map(({ subpath, types }) => [subpath, relative(dist, types)]),
  );
  const { name, version } = pkg.manifest;
  return { name, version, entries, files: publicFiles(new Map(files), [...entries.values()]) };
}

/** Where the shipped declarations say something else than the report: a name more or less, or another type. */
export function reportProblems(report: Api, shipped: Api, others: readonly Api[], folder: string): string[] {
  return [
    ...breaks(report, shipped, others, folder).map(({ name, message }) => `${name}, shipped: ${message}`),
    ...breaks(shipped, report, others, folder).map(({ name, message }) => `${name}, reported: ${message}`),
  ].map((problem) => `${shipped.name}: ${problem}`);
}

/** All of it, for every package that is built in `base`. */
export async function shippedProblems(packages: readonly Package[], base = root): Promise<string[]> {
  const apis = packages.map((pkg) => shippedApi(pkg, base));
  const problems: string[] = [];
  for (const [at, pkg] of packages.entries()) {
    const { name } = pkg.manifest;
    problems.push(...(await valueProblems(name, shippedEntries(pkg, base))));
    const report = readReport(name, false);
    const shipped = apis[at];
    if (report === undefined || shipped === undefined)
      problems.push(`${name} has no report: run \`pnpm api\``);
    else {
      const others = apis.filter((api) => api !== shipped);
      problems.push(...reportProblems(apiOfReport(report), shipped, others, pkg.folder));
    }
  }
  return problems;
}

// `node tooling/shipped.ts` after `pnpm build`: of what was built here. `check:tarballs` runs it over what it unpacked.
if (import.meta.main) {
  const problems = await shippedProblems(publishedPackages());
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
