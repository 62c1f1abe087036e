import { Node } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentsText, objectText } from '../engine/syntax.ts';

export interface ToolParts {
  readonly execute: Node;
  readonly name: Node | undefined;
  readonly description: Node | undefined;
  readonly parameters: Node | undefined;
}

/** `tool({ name, description, parameters, execute })` of the toolkit. */
export function toolText(parts: ToolParts, node: Node, file: Rewriting): string {
  const { execute, name, description, parameters } = parts;
  if (name === undefined || description === undefined || parameters === undefined)
    return file.cannot(node, 'A tool of ours has a name, a description and parameters.');
  const text = objectText([
    ['name', file.render(name)],
    ['description', file.render(description)],
    ['parameters', parametersText(parameters, execute, file)],
    ['execute', file.render(execute)],
  ]);
  return `${file.use('tool', '@mortise/toolkit')}(${text})`;
}

/** A raw JSON schema gets the type of what the function takes; a schema of zod has its own. */
function parametersText(parameters: Node, execute: Node, file: Rewriting): string {
  const text = file.render(parameters);
  const value = Node.isIdentifier(parameters) ? valueOf(parameters) : parameters;
  if (value === undefined || !isJsonSchema(value)) return text;
  const type = file.typed ? argumentType(execute) : undefined;
  return `${file.use('jsonSchema', '@mortise/toolkit')}${type === undefined ? '' : `<${type}>`}(${argumentsText(text)})`;
}

function valueOf(node: Node): Node | undefined {
  const declaration = node.getSymbol()?.getDeclarations()[0];
  const value = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined;
  return value !== undefined && Node.isAsExpression(value) ? value.getExpression() : value;
}

const isJsonSchema = (node: Node): boolean =>
  Node.isObjectLiteralExpression(node) && node.getProperty('type')?.getText().includes('object') === true;

function argumentType(execute: Node): string | undefined {
  if (Node.isIdentifier(execute)) return `Parameters<typeof ${execute.getText()}>[0]`;
  if (!Node.isArrowFunction(execute) && !Node.isFunctionExpression(execute)) return undefined;
  return execute.getParameters()[0]?.getTypeNode()?.getText();
}
