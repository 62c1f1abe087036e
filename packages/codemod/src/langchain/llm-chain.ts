import { Node, type CallExpression, type VariableDeclaration } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { promptVariables } from './chain-inputs.ts';
import { argumentOf, literalText, membersOf, methodCall } from '../engine/syntax.ts';

/** `new LLMChain({ llm, prompt })` becomes a function that gives `{ text }`, as the chain did. */
export function llmChainDeclaration(declaration: VariableDeclaration, file: Rewriting): string | undefined {
  const value = declaration.getInitializer();
  if (
    value === undefined ||
    !Node.isNewExpression(value) ||
    file.oldName(value.getExpression()) !== 'LLMChain'
  )
    return undefined;
  const members = membersOf(argumentOf(value));
  const [llm, prompt] = [members?.get('llm'), members?.get('prompt')];
  const other = [...(members?.keys() ?? [])].find(
    (name) => !['llm', 'prompt', 'outputKey', 'verbose'].includes(name),
  );
  if (llm === undefined || prompt === undefined || other !== undefined)
    return file.cannot(value, `The option ${other ?? ''} of LLMChain has no counterpart.`);
  const key = members?.get('outputKey');
  const output = key === undefined ? 'text' : literalText(key);
  if (output === undefined) return file.cannot(value, 'The name of its output is not written out.');
  const lines: string[] = [];
  const name = Node.isIdentifier(prompt)
    ? prompt.getText()
    : file.freshName(`${declaration.getName()}Prompt`);
  if (!Node.isIdentifier(prompt)) lines.push(`const ${name} = ${file.render(prompt)};`);
  const variables = promptVariables(prompt);
  if (variables?.length === 0) {
    lines.push(
      `const ${declaration.getName()} = async () => ({ ${output}: (await ${file.render(llm)}.chat(${name}.format())).text });`,
    );
    return lines.join('\n');
  }
  const input = file.typed ? `(input: Parameters<typeof ${name}.format>[0])` : '(input)';
  file.note(value, 'A chain is a function here; its inputs are not part of what it gives.');
  lines.push(
    `const ${declaration.getName()} = async ${input} => ({ ${output}: (await ${file.render(llm)}.chat(${name}.format(input))).text });`,
  );
  return lines.join('\n');
}

const called =
  (member: string) =>
  (node: CallExpression, file: Rewriting): string => {
    const { receiver } = methodCall(node) ?? {};
    const input = argumentOf(node);
    if (
      receiver === undefined ||
      input === undefined ||
      node.getArguments().length > 1 ||
      !Node.isIdentifier(receiver)
    )
      return file.cannot(
        node,
        'Options of a call of a chain have no counterpart by rule: give them to the model.',
      );
    return `${receiver.getText()}(${file.render(input)})${member}`;
  };

export const LLM_CHAIN: Readonly<Record<string, NameRules>> = {
  LLMChain: {
    construct: {
      kind: 'llm chain',
      rule: (node, file) =>
        file.cannot(node, 'A chain is made inside of another expression. Give it a statement of its own.'),
    },
  },
};

export const LLM_CHAIN_KINDS: Readonly<Record<string, KindRules>> = {
  'llm chain': {
    methods: {
      invoke: { rule: called('') },
      call: { rule: called('') },
      predict: { rule: called('.then(({ text }) => text)') },
      run: { rule: called('.then(({ text }) => text)') },
    },
  },
};
