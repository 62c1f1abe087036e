import ts from 'typescript';

export type Kind = 'function' | 'class' | 'value' | 'type';

/** In the order of a page. */
export const KINDS: readonly { readonly kind: Kind; readonly heading: string }[] = [
  { kind: 'function', heading: 'Functions' },
  { kind: 'class', heading: 'Classes' },
  { kind: 'value', heading: 'Values' },
  { kind: 'type', heading: 'Types' },
];

export function kindOf({ flags }: ts.Symbol): Kind {
  if (flags & ts.SymbolFlags.Function) return 'function';
  if (flags & ts.SymbolFlags.Class) return 'class';
  return flags & ts.SymbolFlags.Variable ? 'value' : 'type';
}

/** The comment above a declaration, as Markdown. */
export function docText(declaration: ts.Declaration): string {
  const [comment] = ts.getJSDocCommentsAndTags(statementOf(declaration)).filter(ts.isJSDoc).slice(-1);
  if (comment === undefined) return '';
  return proseOf(
    comment
      .getText()
      .replace(/^\/\*\*/, '')
      .replace(/\*\/$/, '')
      .replaceAll(/^[ \t]*\* ?/gm, '')
      .trim(),
  );
}

/** Prose of a comment: what would be markup outside of code is text there, and a link to a name is the name. */
function proseOf(text: string): string {
  return (
    text
      .replaceAll(/\{@link (\w+)[^}]*\}/g, '`$1`')
      // In a comment a slash after a star must be escaped: globs.
      .replaceAll('*\\/', '*/')
      .split(/(```[^]*?```|`[^`]*`)/)
      .map((part, at) => (at % 2 === 1 ? part : part.replaceAll('<', '&lt;')))
      .join('')
  );
}

/** A declaration as it is written, under the name that it is exported by; the comments of its members stay. */
export function declarationText(declaration: ts.Declaration, name: string): string {
  const statement = statementOf(declaration);
  const local = ts.getNameOfDeclaration(declaration)?.getText() ?? name;
  const text = statement
    .getText()
    .replace(/^(?:export )?(?:default )?(?:declare )?/, '')
    .replaceAll(/^ *#private;\n/gm, '')
    .replaceAll(/^ *private (?:readonly )?\w+;\n/gm, '')
    .replaceAll(/\{@link (\w+)[^}]*\}/g, '$1')
    .replaceAll(/^(?: {4})+/gm, (indent) => indent.slice(0, indent.length / 2));
  // A bundler numbers names that are taken in its file; the first of its own is where it is declared.
  const own = local === name ? text : text.replace(local, name);
  return [...numberedIn(statement)].reduce(
    (so, each) => so.replaceAll(each, each.slice(0, each.lastIndexOf('$'))),
    own,
  );
}

/** The names of a declaration that end in such a number, as `Options$1`; the longest first. */
function numberedIn(node: ts.Node): string[] {
  const found = new Set<string>();
  const visit = (each: ts.Node): void => {
    if (ts.isIdentifier(each) && /\$\d+$/.test(each.text)) found.add(each.text);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** A value is declared by a part of its statement. */
function statementOf(declaration: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}
