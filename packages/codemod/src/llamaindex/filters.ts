import { Node } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { constantOf, membersOf } from '../engine/syntax.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  in: 'in',
  nin: 'nin',
  any: 'any',
  all: 'all',
  text_match: 'text-match',
  is_empty: 'is-empty',
};

/** `{ filters: [...], condition }` as our filter. Undefined where it is not written out. */
export function filterText(node: Node, file: Rewriting): string | undefined {
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
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : `{ ${condition}: [${tests.join(', ')}] }`;
}
