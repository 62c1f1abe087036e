import { Node, type NewExpression } from 'ts-morph';
import type { NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf } from '../engine/syntax.ts';

/** The variables of LlamaIndexTS's prompt for questions, as those of our synthesizers. */
const VARIABLES: Readonly<Record<string, string>> = { context: 'sources', query: 'question' };

/** `new PromptTemplate({ template })`, where it is a question and its context. */
function templateText(node: NewExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const template = members?.get('template');
  const other = [...(members?.keys() ?? [])].find((name) => !['template', 'templateVars'].includes(name));
  const isText =
    template !== undefined &&
    (Node.isStringLiteral(template) ||
      Node.isNoSubstitutionTemplateLiteral(template) ||
      Node.isTemplateExpression(template));
  if (!isText || other !== undefined)
    return file.cannot(
      node,
      'A prompt is brought over where its text is written out, without other options.',
    );
  const found = [...template.getText().matchAll(/(?<!\$)\{(\w*)\}/g)].map(([, name = '']) => name);
  if (
    found.some((name) => VARIABLES[name] === undefined) ||
    !found.includes('context') ||
    !found.includes('query')
  )
    return file.cannot(node, 'Prompts of a synthesizer have other variables: sources, tag, question.');
  file.note(
    node,
    'Sources stand in the prompt between tags with their numbers. It asks for no citations, so that answers have none.',
  );
  const content = template
    .getText()
    .replaceAll(/(?<!\$)\{(\w+)\}/g, (_, name: string) => `{${VARIABLES[name] ?? name}}`);
  return `${file.use('chatPrompt', '@mortise/toolkit/prompts')}([{ role: 'user', content: ${content} }])`;
}

export const PROMPT_TEMPLATES: Readonly<Record<string, NameRules>> = {
  PromptTemplate: { construct: { kind: 'prompt template', rule: templateText } },
};
