/** Types that shown declarations name and no package exports: readers who have the site alone find them all the same. */
import ts from 'typescript';
import { kindOf, type Kind } from './declaration.ts';

export interface Item {
  readonly name: string;
  /** Its heading's anchor: the name in lower case, by which it is found; its kind is added where two names would be one. */
  readonly anchor: string;
  readonly kind: Kind;
  readonly symbol: ts.Symbol;
}

/** A page of the reference, as far as it is known by then. */
interface Described {
  readonly path: string;
  /** The folder of what is shipped of its package, absolute. */
  readonly dist: string;
  readonly items: readonly Item[];
}

/**
 * What each page shows besides what its entry exports, by the path of the page: first what its own package declares, on
 * the first page that needs it, then what only other packages name. `homes` learns where each of them stands.
 */
export function namedTypes(
  pages: readonly Described[],
  homes: Map<ts.Symbol, string>,
  checker: ts.TypeChecker,
): Map<string, readonly Item[]> {
  const dists = pages.map(({ dist }) => dist);
  const named = new Map<string, Item[]>(pages.map(({ path }) => [path, []]));
  const add = ({ path, items }: Described, folders: readonly string[]): void => {
    const list = named.get(path) ?? [];
    const queue = [...items, ...list].map(({ symbol }) => symbol);
    for (const symbol of queue) {
      for (const used of usesOf(shownDeclarations(symbol, checker), checker)) {
        if (homes.has(used) || !isDeclaredIn(used, folders)) continue;
        const item = itemOf(used, [...items, ...list]);
        homes.set(used, `${path}#${item.anchor}`);
        list.push(item);
        queue.push(used);
      }
    }
  };
  for (const page of pages) add(page, [page.dist]);
  for (const page of pages) add(page, dists);
  return named;
}

function itemOf(symbol: ts.Symbol, others: readonly Item[]): Item {
  const name = withoutNumber(symbol.name);
  const kind = kindOf(symbol);
  const taken = new Set(others.map(({ anchor }) => anchor));
  let anchor = name.toLowerCase();
  for (let at = 1; taken.has(anchor); at += 1)
    anchor = `${name.toLowerCase()}-${kind}${at === 1 ? '' : `-${at}`}`;
  return { name, anchor, kind, symbol };
}

/** A bundler numbers names that are taken in its file. */
const withoutNumber = (name: string): string => name.replace(/\$\d+$/, '');

/** What the page of a name shows of it. */
export function shownDeclarations(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Declaration[] {
  return declarationsOf(behind(symbol, checker) ?? symbol);
}

export function declarationsOf({ declarations = [] }: ts.Symbol): ts.Declaration[] {
  return declarations.filter((each) => !ts.isModuleDeclaration(each) && !ts.isNamespaceExport(each));
}

/** `type X = X$1` exports the type of a class alone: what is behind it, which has the same name in the sources. */
export function behind(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol | undefined {
  const [alias] = symbol.declarations ?? [];
  if (alias === undefined || !ts.isTypeAliasDeclaration(alias) || !ts.isTypeReferenceNode(alias.type))
    return undefined;
  const target = checker.getSymbolAtLocation(alias.type.typeName);
  const found = target && resolved(target, checker);
  return found !== undefined && withoutNumber(found.name) === symbol.name ? found : undefined;
}

/** A statement of a file in one of these folders: not a member, a parameter or a whole file. */
function isDeclaredIn(symbol: ts.Symbol, folders: readonly string[]): boolean {
  return declarationsOf(symbol).some((each) => {
    const statement = ts.isVariableDeclaration(each) ? each.parent.parent : each;
    return (
      !ts.isSourceFile(each) &&
      ts.isSourceFile(statement.parent) &&
      folders.some((folder) => statement.getSourceFile().fileName.startsWith(`${folder}/`))
    );
  });
}

/** What the types of declarations are made of. */
export function usesOf(declarations: readonly ts.Declaration[], checker: ts.TypeChecker): ts.Symbol[] {
  const found = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol !== undefined) found.add(resolved(symbol, checker));
    }
    ts.forEachChild(node, visit);
  };
  declarations.forEach(visit);
  return [...found].toSorted((a, b) => a.name.localeCompare(b.name));
}

export function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The names of all statements of a package's declaration files, exported or not, and what they import from our other ones. */
export function namesOf(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap((text) => sourceOf(text).statements.flatMap(namesIn)));
}

function namesIn(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (ts.isImportDeclaration(statement)) {
    const bindings = statement.importClause?.namedBindings;
    return /^['"]@mortise\//.test(statement.moduleSpecifier.getText()) &&
      bindings &&
      ts.isNamedImports(bindings)
      ? bindings.elements.map(({ name }) => withoutNumber(name.text))
      : [];
  }
  const { name } = statement as ts.DeclarationStatement;
  return name !== undefined && ts.isIdentifier(name) ? [withoutNumber(name.text)] : [];
}

/**
 * Types that a page of the reference names, and neither shows nor links to. Read from its Markdown, by nothing that made it;
 * `ours` are the names of its package.
 */
export function leftOver(text: string, ours: ReadonlySet<string>): string[] {
  const shown = new Set([...text.matchAll(/^### ([\w$]+)/gm)].map(([, name = '']) => name));
  return text
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const linked = new Set([...section.matchAll(/\[`([\w$]+)`\]\(/g)].map(([, name = '']) => name));
      const code = [...section.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, each = '']) => each).join('\n');
      return [...typesIn(code)]
        .filter((name) => ours.has(name) && !shown.has(name) && !linked.has(name))
        .map((name) => `${/^\S+/.exec(section)?.[0] ?? ''} names ${name}`);
    });
}

/** The types that program text names, without its own parameters. */
function typesIn(code: string): Set<string> {
  const named = new Set<string>();
  const parameters = new Set<string>();
  const first = (name: ts.Node): void => {
    if (ts.isQualifiedName(name)) first(name.left);
    else if (ts.isIdentifier(name)) named.add(name.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeParameterDeclaration(node)) parameters.add(node.name.text);
    else if (ts.isTypeReferenceNode(node)) first(node.typeName);
    else if (ts.isTypeQueryNode(node)) first(node.exprName);
    else if (ts.isExpressionWithTypeArguments(node)) first(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(code));
  return new Set([...named].filter((name) => !parameters.has(name)));
}

const sourceOf = (text: string): ts.SourceFile =>
  ts.createSourceFile('a.d.ts', text, ts.ScriptTarget.ESNext, true);
