import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { root, type Package } from '../workspace.ts';

/** The declarations of one package: what its entries export, and what that is made of. */
export interface Api {
  readonly name: string;
  readonly version: string;
  /** Subpath, such as `.` or `./llm`, to the file of `files` that it exports. */
  readonly entries: ReadonlyMap<string, string>;
  /** Declaration files by their path in the package's `src`, such as `llm/contract.d.ts`. */
  readonly files: ReadonlyMap<string, string>;
}

/** A program over the entries of all packages, read from source. It takes seconds: make it once. */
export function publicProgram(packages: readonly Package[]): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = packages.flatMap((pkg) => [...sourceEntries(pkg).values()]);
  return ts.createProgram(entries, {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    removeComments: true,
  });
}

/** Subpath to absolute source file. */
export function sourceEntries({ folder, manifest }: Package): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    const source = typeof target === 'object' ? target['mortise-source'] : undefined;
    if (source !== undefined) entries.set(subpath, join(root, folder, source));
  }
  return entries;
}

/** What is public of a package, without what is not. */
export function apiOf(pkg: Package, program: ts.Program): Api {
  const source = join(root, pkg.folder, 'src');
  const emitted = new Map<string, string>();
  for (const file of program.getSourceFiles()) {
    if (!file.fileName.startsWith(`${source}/`)) continue;
    program.emit(file, (path, text) => emitted.set(relative(source, path), text), undefined, true, undefined);
  }
  const entries = new Map(
    [...sourceEntries(pkg)].map(([subpath, path]) => [subpath, declarationOf(relative(source, path))]),
  );
  const { name, version } = pkg.manifest;
  return { name, version, entries, files: publicFiles(emitted, [...entries.values()]) };
}

const declarationOf = (path: string): string => path.replace(/\.ts$/, '.d.ts');

/** A file's statements by the names they declare, and where its other names come from. */
interface Parsed {
  readonly file: ts.SourceFile;
  readonly declared: Map<string, ts.Statement[]>;
  readonly imported: Map<string, { readonly from: string; readonly name: string }>;
  /** Re-exports, which are public as they stand. */
  readonly exported: ts.ExportDeclaration[];
}

/**
 * Of the emitted files only the statements that an entry exports and those that these refer to, all the way: a helper
 * may change, come and go without a trace.
 */
export function publicFiles(
  emitted: ReadonlyMap<string, string>,
  entries: readonly string[],
): Map<string, string> {
  const parsed = new Map([...emitted].map(([path, text]) => [path, parse(path, text)]));
  const kept = new Set<ts.Node>();
  const keptNames = new Map<string, Set<string>>();

  const keepName = (path: string, name: string): void => {
    const file = parsed.get(path);
    const names = keptNames.get(path) ?? new Set<string>();
    if (file === undefined || names.has(name)) return;
    keptNames.set(path, names.add(name));
    const statements = file.declared.get(name) ?? [];
    for (const statement of statements) keepStatement(path, statement);
    if (statements.length > 0) return;
    const origin = file.imported.get(name);
    if (origin !== undefined) return keepName(origin.from, origin.name);
    for (const exported of file.exported) keepExport(path, exported, name);
  };
  const keepStatement = (path: string, statement: ts.Statement): void => {
    if (kept.has(statement)) return;
    kept.add(statement);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) keepName(path, node.text);
      if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
        const from = targetOf(path, (node.argument.literal as ts.StringLiteral).text);
        if (node.qualifier !== undefined && ts.isIdentifier(node.qualifier))
          keepName(from, node.qualifier.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(statement);
  };
  /** `only`: of a star, nothing but that name. */
  const keepExport = (path: string, node: ts.ExportDeclaration, only?: string): void => {
    const specifier = node.moduleSpecifier as ts.StringLiteral | undefined;
    const from = specifier === undefined ? path : targetOf(path, specifier.text);
    if (node.exportClause === undefined) {
      const target = parsed.get(from);
      if (target === undefined) return;
      if (only === undefined || provides(from, only)) kept.add(node);
      if (only !== undefined) return keepName(from, only);
      return keepFile(from);
    }
    if (!ts.isNamedExports(node.exportClause)) return void kept.add(node);
    for (const { name, propertyName } of node.exportClause.elements) {
      if (only !== undefined && name.text !== only) continue;
      kept.add(node);
      keepName(from, (propertyName ?? name).text);
    }
  };
  const provides = (path: string, name: string): boolean => {
    const file = parsed.get(path);
    return file !== undefined && (file.declared.has(name) || file.exported.length > 0);
  };
  const keepFile = (path: string): void => {
    const file = parsed.get(path);
    if (file === undefined) return;
    for (const statement of file.file.statements) {
      if (ts.isExportDeclaration(statement)) keepExport(path, statement);
      else if (isExported(statement)) {
        for (const name of namesOf(statement)) keepName(path, name);
      }
    }
  };
  entries.forEach(keepFile);

  const result = new Map<string, string>();
  for (const [path, file] of [...parsed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const names = keptNames.get(path) ?? new Set<string>();
    const lines = file.file.statements.flatMap((statement) => {
      if (ts.isImportDeclaration(statement)) return importOf(statement, names);
      return kept.has(statement) ? [statement.getText(file.file)] : [];
    });
    if (lines.length > 0) result.set(path, withoutPrivate(lines.join('\n')));
  }
  return result;
}

/** `#private;` makes a class nominal, which an application with two copies of core must not meet: it is no API. */
const withoutPrivate = (text: string): string => text.replaceAll(/\s*#private;/g, '');

function parse(path: string, text: string): Parsed {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const parsed: Parsed = { file, declared: new Map(), imported: new Map(), exported: [] };
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) parsed.exported.push(statement);
    else if (ts.isImportDeclaration(statement)) {
      const from = targetOf(path, (statement.moduleSpecifier as ts.StringLiteral).text);
      const bindings = statement.importClause?.namedBindings;
      if (statement.importClause?.name) {
        parsed.imported.set(statement.importClause.name.text, { from, name: 'default' });
      }
      if (bindings && ts.isNamedImports(bindings)) {
        for (const { name, propertyName } of bindings.elements)
          parsed.imported.set(name.text, { from, name: (propertyName ?? name).text });
      } else if (bindings) parsed.imported.set(bindings.name.text, { from, name: '*' });
    } else {
      for (const name of namesOf(statement))
        parsed.declared.set(name, [...(parsed.declared.get(name) ?? []), statement]);
    }
  }
  return parsed;
}

/** A relative specifier as a path of the emitted files; any other stays what it is. */
function targetOf(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative('/', resolve('/', dirname(path), declarationOf(specifier)));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** The import with only the names that are still used. */
function importOf(statement: ts.ImportDeclaration, names: ReadonlySet<string>): string[] {
  const specifier = statement.moduleSpecifier.getText();
  const { importClause } = statement;
  if (importClause === undefined) return [];
  const { name, namedBindings } = importClause;
  const whole = [name, namedBindings && ts.isNamespaceImport(namedBindings) ? namedBindings : undefined]
    .filter((node) => node !== undefined)
    .filter((node) => names.has(ts.isIdentifier(node) ? node.text : node.name.text))
    .map((node) => `import type ${node.getText()} from ${specifier};`);
  const named =
    namedBindings && ts.isNamedImports(namedBindings)
      ? namedBindings.elements
          .filter((element) => names.has(element.name.text))
          .map(({ name: local, propertyName }) =>
            propertyName === undefined ? local.text : `${propertyName.text} as ${local.text}`,
          )
      : [];
  return named.length === 0 ? whole : [...whole, `import type { ${named.join(', ')} } from ${specifier};`];
}
