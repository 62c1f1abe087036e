import { Node } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { constantOf, literalText } from '../engine/syntax.ts';

/** A template as ours: `}}` is two braces there, and `{{` one in both. Undefined, and listed, where it cannot be. */
export function templateText(node: Node, file: Rewriting): string | undefined {
  const fail = (message: string): undefined => void file.cannot(node, message);
  const value = Node.isIdentifier(node) ? constantOf(node) : node;
  if (value === undefined)
    return /^[\w.]+$/.test(node.getText())
      ? file.render(node)
      : fail('The text of the template is not written in this file.');
  const raw =
    Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value) ? value.getText() : undefined;
  if (raw === undefined)
    return /\{\{|\}\}/.test(value.getText().replaceAll(/\$\{[^{}]*\}/g, ''))
      ? fail('Braces in a template that is put together: {{ is one brace here, and } is always text.')
      : file.render(node);
  const odd = variablesOf(value)?.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (odd !== undefined) return fail(`A variable of a prompt is a name: {${odd}} is none.`);
  if (!raw.includes('}}')) return file.render(node);
  if (value !== node) return fail('A template with }} stands in a constant: write } for it, and {{ for {.');
  return raw.replaceAll(/\{\{|\}\}/g, (braces) => (braces === '}}' ? '}' : braces));
}

/** The variables of a template that is written out. */
export function variablesOf(node: Node | undefined): string[] | undefined {
  const value = node !== undefined && Node.isIdentifier(node) ? constantOf(node) : node;
  const text = literalText(value);
  if (text === undefined) return undefined;
  return [...text.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

/** A literal of mustache whose tags are variables alone, as one of ours. */
export function mustacheText(template: Node): string | undefined {
  if (!Node.isStringLiteral(template) && !Node.isNoSubstitutionTemplateLiteral(template)) return undefined;
  const rest = template.getText().replaceAll(/\{\{\s*[A-Za-z_]\w*\s*\}\}/g, '');
  if (/[{}]/.test(rest)) return undefined;
  return template.getText().replaceAll(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g, '{$1}');
}
