import { Node, type SourceFile, type Statement } from 'ts-morph';
import type { Library, Remark, Rewriting } from './contract.ts';
import { oldImports, packageOf, type OldImports } from './imports.ts';
import { returnedKind } from './kinds.ts';
import { createRewriting, type Rewritten } from './rewriting.ts';

/** What became of one file. */
export interface FileOutcome {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /**
   * `untouched`: nothing of the old library is imported. `changed`: nothing of it is left. `partly`: some is left, and listed.
   * `left`: it is as it was, and why is listed.
   */
  readonly state: 'untouched' | 'changed' | 'partly' | 'left';
  readonly listed: readonly Remark[];
  readonly notes: readonly Remark[];
  /** How often each name of the old library is used. */
  readonly met: Readonly<Record<string, number>>;
  /** Packages of Mortise that the file now needs. */
  readonly needs: readonly string[];
  /** Packages of the old library that it imported. */
  readonly had: readonly string[];
}

export interface RewriteOptions {
  /** Changes what can be changed in files of which something cannot. Default: false. */
  readonly partial?: boolean | undefined;
  readonly setElsewhere: (setting: string) => boolean;
}

export function rewriteFile(source: SourceFile, library: Library, options: RewriteOptions): FileOutcome {
  const path = source.getFilePath();
  const before = source.getFullText();
  const old = oldImports(source, library);
  const had = [...new Set(old.declarations.map((each) => packageOf(each.getModuleSpecifierValue())))];
  const nothing = { path, before, after: before, listed: [], notes: [], met: {}, needs: [], had };
  if (old.declarations.length === 0 && old.unclear.length === 0) return { ...nothing, state: 'untouched' };

  const met: Record<string, number> = {};
  const rewritten = createRewriting(source, library, old, options.setElsewhere);
  const { rewriting, listed, notes, imports, kept } = rewritten;
  source.forEachDescendant((node) => {
    if (node.getFirstAncestor((each) => Node.isImportDeclaration(each)) !== undefined) return;
    const name = rewriting.oldName(node);
    if (name !== undefined) met[name] = (met[name] ?? 0) + 1;
  });
  for (const { node, message } of old.unclear) rewriting.cannot(node, message);
  const after = fileText(source, old, rewritten, options.partial === true);
  for (const node of exportedValues(source, rewriting))
    rewriting.note(
      node,
      'It is exported: files that import it used it in the old way. Where they import nothing of the library, look at them yourself.',
      'export',
    );
  listed.sort((a, b) => a.line - b.line);
  notes.sort((a, b) => a.line - b.line);

  if (listed.length > 0 && options.partial !== true) return { ...nothing, met, listed, state: 'left' };
  const needs = [...imports.packages];
  const whole = { ...nothing, after, met, listed, notes, needs };
  if (listed.length === 0) return { ...whole, state: 'changed' };
  return after === before || kept.size === 0
    ? { ...nothing, met, listed, state: 'left' }
    : { ...whole, state: 'partly' };
}

/** Declarations of the file that hand values of the library to other files. */
function exportedValues(source: SourceFile, file: Rewriting): Node[] {
  const isValue = (kind: string | undefined): boolean =>
    kind !== undefined && file.library.kinds[kind.replace(/\[\]$/, '')]?.plain !== true;
  return source.getStatements().flatMap((statement): Node[] => {
    if (Node.isVariableStatement(statement) && statement.isExported())
      return statement.getDeclarations().filter((each) => isValue(file.kindOf(each)));
    if (Node.isFunctionDeclaration(statement) && statement.isExported())
      return isValue(returnedKind(statement, file)) ? [statement] : [];
    return Node.isExportAssignment(statement) && isValue(file.kindOf(statement.getExpression()))
      ? [statement]
      : [];
  });
}

function fileText(source: SourceFile, old: OldImports, rewritten: Rewritten, partial: boolean): string {
  const { rewriting, imports, declared, kept } = rewritten;
  const text = source.getFullText();
  const body: { readonly before: string; readonly text: string; readonly node: Statement }[] = [];
  let at = 0;
  for (const statement of source.getStatementsWithComments().filter((each) => Node.isStatement(each))) {
    const start = statement.getStart();
    const isOld = Node.isImportDeclaration(statement) && old.declarations.includes(statement);
    body.push({
      before: text.slice(at, start),
      text: isOld ? '' : rewriting.render(statement),
      node: statement,
    });
    at = statement.getEnd();
  }
  const first = old.declarations[0];
  const sample = first?.getText() ?? '';
  const quote = sample.includes("'") ? "'" : '"';
  const semicolon = sample === '' || sample.trimEnd().endsWith(';') ? ';' : '';
  const still = partial ? keptImports(old, kept, quote, semicolon) : [];
  const added = [...still, imports.text(quote, semicolon)].filter((each) => each !== '').join('\n');
  const lastImport = body.findLast(({ node }) => Node.isImportDeclaration(node))?.node;
  let result = '';
  for (const part of body) {
    const isFirst = part.node === first;
    const written = isFirst ? added : part.text;
    // What is taken away takes its line along, and leaves the comment before it.
    result +=
      written === '' && part.node.getText() !== ''
        ? withoutLine(result + part.before, result.length)
        : part.before + written;
    if (part.node === lastImport && declared.size > 0) result += `\n\n${[...declared].join('\n')}`;
  }
  return inLineEnds(result + text.slice(at), text);
}

function withoutLine(whole: string, length: number): string {
  const before = whole.slice(length);
  return before.replace(/\r?\n[ \t]*$/, '').replace(/^[ \t]+$/, '');
}

function keptImports(old: OldImports, kept: ReadonlySet<string>, quote: string, semicolon: string): string[] {
  return old.declarations.flatMap((declaration) => {
    const names = declaration
      .getNamedImports()
      .filter((each) => kept.has(each.getAliasNode()?.getText() ?? each.getName()))
      .map((each) => each.getText());
    if (declaration.getNamespaceImport() !== undefined || declaration.getDefaultImport() !== undefined)
      return [declaration.getText()];
    if (names.length === 0) return [];
    const head = declaration.isTypeOnly() ? 'import type' : 'import';
    return [
      `${head} { ${names.join(', ')} } from ${quote}${declaration.getModuleSpecifierValue()}${quote}${semicolon}`,
    ];
  });
}

/** What was added ends its lines as the file does. */
function inLineEnds(text: string, original: string): string {
  const isWindows = original.includes('\r\n') && !/(?<!\r)\n/.test(original);
  return isWindows ? text.replaceAll(/\r?\n/g, '\r\n') : text;
}
