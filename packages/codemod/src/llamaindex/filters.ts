import { Node, type Statement } from 'ts-morph';
import type { NameRules, Rewriting } from '../engine/contract.ts';
import { constantOf, membersOf } from '../engine/syntax.ts';

/** The operators of LlamaIndexTS as ours, most of them the same. */
const OPERATORS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['==', '!=', '>', '>=', '<', '<=', 'in', 'nin', 'any', 'all', 'contains'].map((op) => [op, op]),
  ),
  text_match: 'text-match',
  is_empty: 'is-empty',
};

/** `{ filters: [...], condition }` as our filter. Undefined where it is not written out. */
export function filterText(node: Node, file: Rewriting): string | undefined {
  if (file.kindOf(node) === 'filters') return file.render(node);
  const literal = Node.isIdentifier(node) ? constantOf(node) : node;
  const members = membersOf(literal);
  const filters = members?.get('filters');
  if (filters === undefined || !Node.isArrayLiteralExpression(filters)) return undefined;
  const condition = members?.get('condition')?.getText().replaceAll(/['"]/g, '') ?? 'and';
  if (condition !== 'and' && condition !== 'or') return undefined;
  const tests: string[] = [];
  for (const element of filters.getElements()) {
    const test = membersOf(element);
    const op = OPERATORS[test?.get('operator')?.getText().replaceAll(/['"]/g, '') ?? ''];
    const key = test?.get('key');
    const value = test?.get('value');
    if (op === undefined || key === undefined) return undefined;
    tests.push(
      `{ key: ${file.render(key)}, op: '${op}'${value === undefined ? '' : `, value: ${file.render(value)}`} }`,
    );
  }
  file.note(node, "Filters compare without conversion: 1 is not '1', and false is not 'false'.", 'filters');
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : `{ ${condition}: [${tests.join(', ')}] }`;
}

/** `const filters: MetadataFilters = { ... }` as a filter of ours. */
export function filterStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isVariableStatement(statement)) return undefined;
  const [declaration, ...others] = statement.getDeclarations();
  const value = declaration?.getInitializer();
  if (declaration === undefined || value === undefined || others.length > 0) return undefined;
  if (file.kindOf(declaration) !== 'filters' || !Node.isObjectLiteralExpression(value)) return undefined;
  const filter = filterText(value, file);
  if (filter === undefined)
    return file.cannot(statement, 'The filters are not written out.', 'MetadataFilters');
  const type = file.useType('MetadataFilter', '@mortise/core');
  return `${statement.getDeclarationKind()} ${declaration.getName()}: ${type} = ${filter};`;
}

export const FILTERS: Readonly<Record<string, NameRules>> = {
  MetadataFilters: { type: { name: 'MetadataFilter', from: '@mortise/core', kind: 'filters' } },
};
