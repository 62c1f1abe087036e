import { Node, type CallExpression, type Expression, type NewExpression } from 'ts-morph';

/** The members of an object literal by name. Undefined where there is a spread, a method or a computed name. */
export function membersOf(node: Node | undefined): Map<string, Node> | undefined {
  const literal = node === undefined ? undefined : plain(node);
  if (literal === undefined || !Node.isObjectLiteralExpression(literal)) return undefined;
  const members = new Map<string, Node>();
  for (const property of literal.getProperties()) {
    if (Node.isShorthandPropertyAssignment(property)) {
      members.set(property.getName(), property.getNameNode());
    } else if (Node.isPropertyAssignment(property)) {
      const name = property.getNameNode();
      if (!Node.isIdentifier(name) && !Node.isStringLiteral(name)) return undefined;
      members.set(
        Node.isStringLiteral(name) ? name.getLiteralText() : name.getText(),
        property.getInitializerOrThrow(),
      );
    } else if (Node.isMethodDeclaration(property)) {
      members.set(property.getName(), property);
    } else return undefined;
  }
  return members;
}

/** Without parentheses, `as`, `satisfies` and `!`. */
export function plain(node: Node): Node {
  if (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isNonNullExpression(node)
  )
    return plain(node.getExpression());
  return node;
}

/** The only argument of a call or of `new`, or undefined. */
export function argumentOf(node: CallExpression | NewExpression, index = 0): Expression | undefined {
  return node.getArguments()[index] as Expression | undefined;
}

export function isTrue(node: Node | undefined): boolean {
  return node !== undefined && Node.isTrueLiteral(node);
}

export function isFalse(node: Node | undefined): boolean {
  return node !== undefined && Node.isFalseLiteral(node);
}

/** The text of a string literal, or of a template without placeholders. */
export function literalText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralText();
  return undefined;
}

/** The name of the method that is called, and what it is called on; undefined for other calls. */
export function methodCall(
  node: CallExpression,
): { readonly receiver: Expression; readonly method: string } | undefined {
  const callee = node.getExpression();
  if (!Node.isPropertyAccessExpression(callee)) return undefined;
  return { receiver: callee.getExpression(), method: callee.getName() };
}

/** The white space at the start of the line of a node. */
export function indentOf(node: Node): string {
  const text = node.getSourceFile().getFullText();
  const start = text.lastIndexOf('\n', node.getStart() - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, node.getStart()))?.[0] ?? '';
}

/** `{ a, b: c }` from texts; a member whose text is its own name is written short. Empty for none. */
export function objectText(members: readonly (readonly [string, string | undefined])[]): string {
  const given = members.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
  if (given.length === 0) return '';
  const inner = given.map(([name, text]) => {
    if (name === '...') return `...${text}`;
    return name === text ? name : `${name}: ${text}`;
  });
  return `{ ${inner.join(', ')} }`;
}

/** Arguments of a call; those at the end that are empty are left out. */
export function argumentsText(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}

/** The value of a constant of the file. */
export function constantOf(node: Node): Node | undefined {
  const parent = node.getParent();
  const symbol = Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : node.getSymbol();
  const declaration = symbol?.getDeclarations()[0];
  return Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined;
}

/** Whether `await` may stand here: in an async function, or among a module's own statements. */
export function mayWait(node: Node): boolean {
  const around = node.getFirstAncestor(
    (each) =>
      Node.isFunctionDeclaration(each) ||
      Node.isFunctionExpression(each) ||
      Node.isArrowFunction(each) ||
      Node.isMethodDeclaration(each) ||
      Node.isConstructorDeclaration(each),
  );
  return around === undefined || ('isAsync' in around && around.isAsync());
}

/** A member of a table by a name of the program, which may be `toString` or `constructor`. */
export function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
