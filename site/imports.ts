import ts from 'typescript';

/** A block that shows regions of a file: its mark, where the file is, the fence and the program. */
const REGION = /(<!-- file: ([^\s#]+)#\S+ -->\n+```(?:tsx?|js)\n)([^]*?)(?=^```$)/gm;

/**
 * `text` with the imports that its programs need, where they show a part of a file: what is copied from the site, or read by
 * an agent, then says where its names come from. `read` gives a file of the repository.
 */
export function withImports(text: string, read: (path: string) => string): string {
  return text.replaceAll(REGION, (_block, head: string, path: string, program: string) => {
    const lines = importsOf(read(path), program);
    return `${head}${lines.length === 0 ? '' : `${lines.join('\n')}\n\n`}${program}`;
  });
}

/** The imports of `file` that `program`, a part of it, uses and does not have itself; packages alone. */
export function importsOf(file: string, program: string): string[] {
  const shown = ts.createSourceFile('shown.tsx', program, ts.ScriptTarget.ESNext, true);
  const used = identifiersOf(shown);
  const own = new Set(importsIn(shown).map((statement) => statement.moduleSpecifier.getText()));
  const whole = ts.createSourceFile('file.tsx', file, ts.ScriptTarget.ESNext, true);
  return importsIn(whole).flatMap((statement) => {
    const specifier = statement.moduleSpecifier.getText();
    if (specifier.startsWith("'.") || own.has(specifier)) return [];
    const { importClause } = statement;
    const bindings = importClause?.namedBindings;
    const parts: string[] = [];
    if (importClause?.name !== undefined && used.has(importClause.name.text))
      parts.push(importClause.name.text);
    if (bindings !== undefined && ts.isNamespaceImport(bindings) && used.has(bindings.name.text))
      parts.push(`* as ${bindings.name.text}`);
    if (bindings !== undefined && ts.isNamedImports(bindings)) {
      const names = bindings.elements.filter(({ name }) => used.has(name.text)).map((each) => each.getText());
      if (names.length > 0) parts.push(`{ ${names.join(', ')} }`);
    }
    const keyword = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'import type' : 'import';
    return parts.length === 0 ? [] : [`${keyword} ${parts.join(', ')} from ${specifier};`];
  });
}

const importsIn = (file: ts.SourceFile): ts.ImportDeclaration[] =>
  file.statements.filter(ts.isImportDeclaration);

/** Names that are used as names, and not as members: `store` of `store.get()`, not `get`. */
function identifiersOf(file: ts.SourceFile): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const { parent } = node;
    const isMember =
      parent !== undefined &&
      ((ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node));
    if (ts.isIdentifier(node) && !isMember) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
