import { Node } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { constantOf, literalText, membersOf, objectText } from '../engine/syntax.ts';
import { toolText } from '../shared/tools.ts';

/** A tool as `bindTools` takes it: one that runs, or a definition in one of three forms. */
export function definitionText(node: Node, file: Rewriting): string {
  const constant = Node.isIdentifier(node) ? membersOf(constantOf(node)) : undefined;
  if (
    constant?.has('name') &&
    [...constant.keys()].every((name) =>
      ['name', 'description', 'parameters', 'input_schema', 'schema'].includes(name),
    )
  )
    return (
      fromConstant(node.getText(), constant, file) ??
      file.cannot(node, 'The schema of the tool is no schema of zod.', 'bindTools')
    );
  if (!Node.isObjectLiteralExpression(node) && file.kindOf(node) !== 'tool')
    return file.cannot(
      node,
      'A tool that is written elsewhere: give bindTools what it needs in its place.',
      'bindTools',
    );
  const members = membersOf(node);
  if (members === undefined || !Node.isObjectLiteralExpression(node)) return file.render(node);
  const inner =
    literalText(members.get('type')) === 'function' ? membersOf(members.get('function')) : members;
  const [name, description, schema] = ['name', 'description', 'schema'].map((each) => inner?.get(each));
  const parameters = inner?.get('parameters') ?? inner?.get('input_schema');
  if (inner === undefined || name === undefined || (parameters === undefined && schema === undefined))
    return file.cannot(node, 'A tool of this form has no counterpart by rule.');
  if (
    [...inner.keys()].some(
      (each) => !['name', 'description', 'parameters', 'input_schema', 'schema'].includes(each),
    )
  )
    return file.cannot(node, 'A tool of this form has no counterpart by rule.');
  if (schema !== undefined) {
    const value = Node.isIdentifier(schema) ? constantOf(schema) : schema;
    if (value !== undefined && Node.isObjectLiteralExpression(value))
      return file.cannot(node, 'The schema of the tool is no schema of zod.', 'bindTools');
    const json = `${file.use('toJsonSchema', '@mortise/toolkit')}(${file.render(schema)})`;
    return definition(name, description, json, file);
  }
  return definition(name, description, file.render(parameters as Node), file);
}

/** A definition that stands in a constant, by the names of its members. */
function fromConstant(name: string, members: ReadonlyMap<string, Node>, file: Rewriting): string | undefined {
  if (members.has('parameters')) return name;
  const schema = members.get('schema');
  const about = [
    ['name', `${name}.name`],
    ['description', members.has('description') ? `${name}.description` : undefined],
  ] as const;
  if (schema === undefined)
    return members.has('input_schema')
      ? objectText([...about, ['parameters', `${name}.input_schema`]])
      : undefined;
  const value = Node.isIdentifier(schema) ? constantOf(schema) : schema;
  if (value === undefined || Node.isObjectLiteralExpression(value)) return undefined;
  return objectText([
    ...about,
    ['parameters', `${file.use('toJsonSchema', '@mortise/toolkit')}(${name}.schema)`],
  ]);
}

/** A list of definitions in a constant, as an expression over it. */
export function definitionsText(node: Node): string | undefined {
  const list = Node.isIdentifier(node) ? constantOf(node) : undefined;
  if (list === undefined || !Node.isArrayLiteralExpression(list)) return undefined;
  const all = list.getElements().map((each) => membersOf(each));
  if (all.every((each) => each?.has('name') && each.has('parameters') && !each.has('schema')))
    return node.getText();
  if (all.every((each) => each?.has('name') && each.has('input_schema')))
    return `${node.getText()}.map(({ input_schema: parameters, ...tool }) => ({ ...tool, parameters }))`;
  return undefined;
}

function definition(name: Node, description: Node | undefined, parameters: string, file: Rewriting): string {
  return objectText([
    ['name', file.render(name)],
    ['description', description === undefined ? undefined : file.render(description)],
    ['parameters', parameters],
  ]);
}

export const TOOLS: Readonly<Record<string, NameRules>> = {
  tool: {
    call: {
      kind: 'tool',
      rule: (node, file) => {
        const [execute, about] = node.getArguments();
        const members = membersOf(about);
        if (execute === undefined || members === undefined)
          return file.cannot(node, 'Its parts are not written where it is made.');
        const other = [...members.keys()].find((name) => !['name', 'description', 'schema'].includes(name));
        if (other !== undefined)
          return file.cannot(node, `The option ${other} of a tool has no counterpart.`);
        const takes =
          Node.isArrowFunction(execute) || Node.isFunctionExpression(execute)
            ? execute.getParameters().length
            : 1;
        if (takes > 1)
          return file.cannot(
            node,
            'The second argument of a tool is ours: signal, toolCallId, progress. State and stores are given by the program.',
          );
        return toolText(
          {
            execute,
            name: members.get('name'),
            description: members.get('description'),
            parameters: members.get('schema'),
          },
          node,
          file,
        );
      },
    },
  },
  createMiddleware: { without: 'Middleware is prepareStep, stopWhen, approve and toolErrors of runTools.' },
};

export const TOOL_KINDS: Readonly<Record<string, KindRules>> = { tool: {} };
