import { relative } from 'node:path';
import ts from 'typescript';
import { sourceEntries } from './api/declarations.ts';
import { root, type Package } from './workspace.ts';

/**
 * Exports that nobody explains. A type is explained by a comment of its own, or by one on each of its members: what
 * `ChatOptions` is says its name.
 */
export function undocumented(program: ts.Program, packages: readonly Package[]): string[] {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  const problems: string[] = [];
  for (const entry of packages.flatMap((pkg) => [...sourceEntries(pkg).values()])) {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declaration = symbol.declarations?.[0];
      if (seen.has(symbol) || declaration === undefined) continue;
      seen.add(symbol);
      if (isDocumented(symbol, checker) || isDocumentedByMembers(declaration, checker)) continue;
      const source = declaration.getSourceFile();
      const { line } = source.getLineAndCharacterOfPosition(declaration.getStart(source));
      const path = relative(root, source.fileName);
      problems.push(
        `${path}:${line + 1}: write a doc comment for ${symbol.name}: shapes, units, defaults, errors`,
      );
    }
  }
  return problems.sort();
}

const isDocumented = (symbol: ts.Symbol, checker: ts.TypeChecker): boolean =>
  symbol.getDocumentationComment(checker).length > 0;

function isDocumentedByMembers(declaration: ts.Declaration, checker: ts.TypeChecker): boolean {
  const members = membersOf(declaration);
  return (
    members.length > 0 &&
    members.every((member) => {
      const symbol = member.name && checker.getSymbolAtLocation(member.name);
      return symbol !== undefined && isDocumented(symbol, checker);
    })
  );
}

function membersOf(declaration: ts.Declaration): readonly ts.TypeElement[] {
  if (ts.isInterfaceDeclaration(declaration)) return declaration.members;
  if (ts.isTypeAliasDeclaration(declaration) && ts.isTypeLiteralNode(declaration.type))
    return declaration.type.members;
  return [];
}
