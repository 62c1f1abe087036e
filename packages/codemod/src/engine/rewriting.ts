import { Node, SyntaxKind, type SourceFile } from 'ts-morph';
import type { Kind, Library, Remark, Rewriting } from './contract.ts';
import { newImports, type NewImports, type OldImports } from './imports.ts';
import { createKinds } from './kinds.ts';
import { renderNode } from './render.ts';
import { methodCall } from './syntax.ts';

/** What came of rendering a file. */
export interface Rewritten {
  readonly rewriting: Rewriting;
  readonly listed: Remark[];
  readonly notes: Remark[];
  readonly imports: NewImports;
  readonly declared: Set<string>;
  /** Old names inside of nodes that were left as they are. */
  readonly kept: Set<string>;
}

/** What the rules are given for one file; what they find out is collected beside it. */
export function createRewriting(
  source: SourceFile,
  library: Library,
  old: OldImports,
  setElsewhere: (setting: string) => boolean,
): Rewritten {
  const names = declaredNames(source, old);
  const imports = newImports(source, names);
  const listed: Remark[] = [];
  const notes: Remark[] = [];
  const declared = new Set<string>();
  const kept = new Set<string>();

  const oldName = (node: Node): string | undefined => {
    if (!Node.isIdentifier(node)) return undefined;
    const name = old.names.get(node.getText());
    if (name === undefined) return undefined;
    const parent = node.getParent();
    if (Node.isPropertyAccessExpression(parent) && parent.getNameNode() === node) return undefined;
    if (Node.isPropertyAssignment(parent) && parent.getNameNode() === node) return undefined;
    const symbol = Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : node.getSymbol();
    const declaration = symbol?.getDeclarations()[0];
    return declaration === undefined || Node.isImportSpecifier(declaration) ? name : undefined;
  };
  const kinds: (node: Node) => Kind | undefined = createKinds(() => rewriting);
  const add = (to: Remark[], node: Node, message: string, construct: string): void => {
    const line = node.getStartLineNumber();
    if (to.some((each) => each.line === line && each.message === message)) return;
    to.push({ line, construct, message });
  };

  const rewriting: Rewriting = {
    library,
    source,
    typed: /\.[mc]?tsx?$/.test(source.getFilePath()),
    render: (node) => renderNode(node, rewriting),
    kindOf: (node) => kinds(node),
    oldName,
    use: (name, from) => imports.use(name, from, false),
    useType: (name, from) => imports.use(name, from, true),
    cannot(node, message, construct = constructOf(node, oldName)) {
      add(listed, node, message, construct);
      for (const identifier of [node, ...node.getDescendantsOfKind(SyntaxKind.Identifier)]) {
        if (oldName(identifier) !== undefined) kept.add(identifier.getText());
      }
      return node.getText();
    },
    note: (node, message, construct = constructOf(node, oldName)) => add(notes, node, message, construct),
    freshName(wanted) {
      let name = wanted;
      for (let count = 2; names.has(name); count += 1) name = `${wanted}${count}`;
      names.add(name);
      return name;
    },
    declare: (statement) => void declared.add(statement),
    settings: new Map(),
    setElsewhere,
  };
  return { rewriting, listed, notes, imports, declared, kept };
}

function constructOf(node: Node, oldName: (node: Node) => string | undefined): string {
  for (const each of [node, ...node.getDescendantsOfKind(SyntaxKind.Identifier)]) {
    const name = oldName(each);
    if (name !== undefined) return name;
  }
  // A method or a member is known by its name, anything else by the name of what it stands in.
  for (const each of [node, ...node.getAncestors()]) {
    if (Node.isCallExpression(each)) {
      const called = methodCall(each);
      if (called !== undefined) return called.method;
      const name = oldName(each.getExpression());
      if (name !== undefined) return name;
    }
    if (Node.isPropertyAccessExpression(each)) return each.getName();
    if (Node.isNewExpression(each)) return each.getExpression().getText();
  }
  return node.getText().split('\n', 1)[0]?.slice(0, 40) ?? '';
}

/** Every name that the file declares, apart from what it imports of the old library. */
function declaredNames(source: SourceFile, old: OldImports): Set<string> {
  const names = new Set<string>();
  source.forEachDescendant((node) => {
    if (Node.isImportSpecifier(node)) {
      const local = node.getAliasNode()?.getText() ?? node.getName();
      if (!old.declarations.includes(node.getImportDeclaration())) names.add(local);
    } else if (Node.isImportClause(node)) {
      const local = node.getDefaultImport()?.getText() ?? node.getNamespaceImport()?.getText();
      if (local !== undefined) names.add(local);
    } else if (
      Node.isVariableDeclaration(node) ||
      Node.isBindingElement(node) ||
      Node.isParameterDeclaration(node) ||
      Node.isFunctionDeclaration(node) ||
      Node.isClassDeclaration(node) ||
      Node.isInterfaceDeclaration(node) ||
      Node.isTypeAliasDeclaration(node) ||
      Node.isEnumDeclaration(node)
    ) {
      const name = node.getName();
      if (name !== undefined) names.add(name);
    }
  });
  return names;
}
