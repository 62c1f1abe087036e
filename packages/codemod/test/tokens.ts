import { ts } from 'ts-morph';

/** A program as its tokens: what formatters change (white space, quotes, commas at the end) is left out. */
export function tokens(text: string): string[] {
  const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source).filter(({ kind }) => kind !== ts.SyntaxKind.JSDoc);
    if (children.length > 0) return children.forEach(visit);
    const token = ts.isStringLiteral(node) ? JSON.stringify(node.text) : node.getText(source);
    if ([')', '}', ']'].includes(token) && found.at(-1) === ',') found.pop();
    if (token !== '') found.push(token);
  };
  visit(source);
  return found;
}
