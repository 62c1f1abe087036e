import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from '../workspace.ts';
import type { Api } from './declarations.ts';

/** Something that compiled against the old API and does not against the new one. */
export interface Break {
  readonly name: string;
  readonly message: string;
}

/** One line of the program below, and what it means when it does not compile. */
interface Probe {
  readonly name: string;
  readonly code: string;
  readonly meaning: string;
}

/**
 * What is not additive. The compiler judges: a program assigns what is typed by the one version to the other, for every
 * export. Types go both ways, since some applications implement them and some read them, and since two copies of core
 * may meet in one program. A list of string literals may grow. Values, and classes that nobody extends, go one way.
 * Methods' parameters are compared as the language does, bivariantly.
 *
 * `others` are the packages that the declarations import, by name; they are the same for both sides.
 */
export function breaks(before: Api, after: Api, others: readonly Api[] = [], folder?: string): Break[] {
  const world = new Map([...mounted('/old', before), ...mounted('/new', after)]);
  for (const other of others)
    for (const [path, text] of mounted(`/at/${other.name}`, other)) world.set(path, text);
  const pairs = [...before.entries].map(([subpath, file]) => ({
    subpath,
    before: `/old/${file}`,
    after: after.entries.has(subpath) ? `/new/${after.entries.get(subpath)}` : undefined,
  }));
  const roots = pairs.flatMap((pair) => [pair.before, pair.after ?? []].flat());
  const program = programOver(world, roots, others, folder);
  const found: Break[] = [];
  const probes: Probe[] = [];
  const imports: string[] = [];
  const seen = new Set<ts.Symbol>();
  for (const [at, pair] of pairs.entries()) {
    if (pair.after === undefined) {
      found.push({ name: pair.subpath, message: 'the subpath is gone; keep it' });
      continue;
    }
    imports.push(
      `import type * as Old${at} from '${pair.before}'; import type * as New${at} from '${pair.after}';`,
    );
    const kept = new Set(exportsOf(program, pair.after).map(({ name }) => name));
    for (const exported of exportsOf(program, pair.before)) {
      const symbol = origin(exported, program.getTypeChecker());
      const { name } = exported;
      if (!kept.has(name)) found.push({ name, message: 'is no longer exported; keep it, deprecated' });
      // An export of the root is mostly one of a subpath too.
      else if (!seen.has(symbol)) probes.push(...probesOf(name, symbol, at, program.getTypeChecker()));
      seen.add(symbol);
    }
  }
  world.set('/probe.ts', [imports.join(' '), ...probes.map(({ code }) => code)].join('\n'));
  const probing = programOver(world, ['/probe.ts'], others, folder);
  const file = probing.getSourceFile('/probe.ts');
  for (const { start = 0, messageText } of probing.getSemanticDiagnostics(file)) {
    const probe = probes[(file?.getLineAndCharacterOfPosition(start).line ?? 0) - 1];
    const message = `${probe?.meaning ?? 'does not compile'}: ${reason(messageText)}`;
    found.push({ name: probe?.name ?? 'the comparison', message });
  }
  return found;
}

const mounted = (at: string, api: Api): [string, string][] =>
  [...api.files].map(([path, text]) => [`${at}/${path}`, text]);

const origin = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

function exportsOf(program: ts.Program, entry: string): ts.Symbol[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

function probesOf(name: string, symbol: ts.Symbol, at: number, checker: ts.TypeChecker): Probe[] {
  const declaration = symbol.declarations?.[0];
  const probe = (code: string, meaning: string): Probe => ({ name, code, meaning });
  const typed = (side: string, args: string): string => `${side}${at}.${name}${args}`;
  if (declaration !== undefined && ts.isClassDeclaration(declaration)) {
    const args = argumentsOf(declaration);
    const open = declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword) ?? false;
    return [
      probe(assign(typed('New', args), typed('Old', args)), 'what uses it no longer compiles'),
      // A base class is a contract: what extends the old one must still be what the new one asks for (C-12).
      ...(open
        ? [probe(assign(typed('Old', args), typed('New', args)), 'what extends it no longer fits')]
        : []),
      ...(isConstructible(declaration)
        ? [
            probe(
              assign(
                `ConstructorParameters<typeof Old${at}.${name}>`,
                `ConstructorParameters<typeof New${at}.${name}>`,
              ),
              'what constructs it no longer compiles',
            ),
          ]
        : []),
      probe(
        assign(`Omit<typeof New${at}.${name}, 'prototype'>`, `Omit<typeof Old${at}.${name}, 'prototype'>`),
        'what uses its static members no longer compiles',
      ),
    ];
  }
  const isType =
    declaration !== undefined &&
    (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration));
  if (isType) {
    const args = argumentsOf(declaration);
    const wider = probe(assign(typed('Old', args), typed('New', args)), 'what provides one no longer fits');
    const narrower = probe(assign(typed('New', args), typed('Old', args)), 'what reads one no longer fits');
    return isVocabulary(checker.getDeclaredTypeOfSymbol(symbol)) ? [wider] : [wider, narrower];
  }
  return [
    probe(assign(`typeof New${at}.${name}`, `typeof Old${at}.${name}`), 'what uses it no longer compiles'),
  ];
}

const isConstructible = ({ members }: ts.ClassDeclaration): boolean =>
  !members.some(
    (member) =>
      ts.isConstructorDeclaration(member) &&
      member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword),
  );

let serial = 0;
const assign = (source: string, target: string): string =>
  `export const p${serial++} = (value: ${source}): ${target} => value;`;

/** `any` for each parameter that has no default. */
function argumentsOf({
  typeParameters,
}: ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration): string {
  const required = [...(typeParameters ?? [])].filter((parameter) => parameter.default === undefined);
  return required.length === 0 ? '' : `<${required.map(() => 'any').join(', ')}>`;
}

const isVocabulary = (type: ts.Type): boolean =>
  type.isUnion() && type.types.every((each) => each.isStringLiteral());

/** The members on the way to what does not fit, and why it does not. */
function reason(message: string | ts.DiagnosticMessageChain): string {
  const path: string[] = [];
  let at = message;
  while (typeof at !== 'string') {
    const [, property] = /^Types of property '(.+)' are/.exec(at.messageText) ?? [];
    if (property !== undefined) path.push(property);
    at = at.next?.[0] ?? at.messageText;
  }
  return path.length === 0 ? at : `${path.join('.')}: ${at}`;
}

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Libraries are parsed once for all programs. */
export function parsedOnce(
  host: ts.CompilerHost,
  path: string,
  version: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  if (!parsed.has(path)) parsed.set(path, host.getSourceFile(path, version));
  return parsed.get(path);
}

/** A program over files in memory; what they import from elsewhere is looked up from `folder` of the repository. */
function programOver(
  world: ReadonlyMap<string, string>,
  entries: readonly string[],
  others: readonly Api[],
  folder?: string,
): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2024.d.ts', 'lib.webworker.d.ts', 'lib.webworker.iterable.d.ts'],
    // Core stands on the web platform alone, and so does what a test makes up.
    types: folder === undefined || folder === 'packages/core' ? [] : ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  };
  const host = ts.createCompilerHost(options);
  const real = ts.createCompilerHost(options);
  host.fileExists = (path) => world.has(path) || real.fileExists(path);
  host.readFile = (path) => world.get(path) ?? real.readFile(path);
  host.getSourceFile = (path, version) => {
    const text = world.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, version, true);
    return parsedOnce(real, path, version);
  };
  host.resolveModuleNameLiterals = (literals, containing) =>
    literals.map(({ text }) => {
      const path = virtualPath(text, containing, world, others);
      if (path !== undefined) {
        const extension = path.endsWith('.d.ts') ? ts.Extension.Dts : ts.Extension.Ts;
        return { resolvedModule: { resolvedFileName: path, extension } };
      }
      const from = world.has(containing) ? join(root, folder ?? '.', 'src/index.ts') : containing;
      return ts.resolveModuleName(text, from, options, ts.sys, undefined, undefined, ts.ModuleKind.ESNext);
    });
  return ts.createProgram(entries, options, host);
}

function virtualPath(
  specifier: string,
  containing: string,
  world: ReadonlyMap<string, string>,
  others: readonly Api[],
): string | undefined {
  if (world.has(specifier)) return specifier;
  if (specifier.startsWith('.')) {
    const path = join(dirname(containing), specifier).replace(/(\.d)?\.ts$/, '.d.ts');
    return world.has(path) ? path : undefined;
  }
  const other = others.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  const entry = other?.entries.get(`.${specifier.slice(other.name.length)}`);
  return other === undefined || entry === undefined ? undefined : `/at/${other.name}/${entry}`;
}
