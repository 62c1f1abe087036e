import { Node, type CallExpression, type NewExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, constantOf, literalText, membersOf, methodCall } from '../engine/syntax.ts';
import { contentText, messageText, roleOf } from './messages.ts';
import { mustacheText, templateText, variablesOf } from './templates.ts';

function promptText(
  template: Node,
  partial: Node | undefined,
  format: Node | undefined,
  node: Node,
  file: Rewriting,
): string {
  if (literalText(format) === 'mustache') {
    const plain = mustacheText(template);
    if (plain !== undefined)
      return `${file.use('prompt', '@mortise/toolkit')}(${plain})${partial === undefined ? '' : `.partial(${file.render(partial)})`}`;
  }
  if (format !== undefined && literalText(format) !== 'f-string')
    return file.cannot(node, 'Templates of mustache have no counterpart: write {name} for {{name}}.');
  const text = templateText(template, file);
  if (text === undefined) return node.getText();
  const made = `${file.use('prompt', '@mortise/toolkit')}(${text})`;
  return partial === undefined ? made : `${made}.partial(${file.render(partial)})`;
}

function fromTemplate(node: CallExpression, file: Rewriting): string {
  const [template, options] = node.getArguments();
  if (template === undefined) return file.cannot(node, 'It is made in an unknown way.');
  const members = options === undefined ? new Map<string, Node>() : membersOf(options);
  if (
    members === undefined ||
    [...members.keys()].some((name) => name !== 'templateFormat' && name !== 'partialVariables')
  )
    return file.cannot(node, 'The options of the template have no counterpart.');
  return promptText(template, members.get('partialVariables'), members.get('templateFormat'), node, file);
}

function newPrompt(node: NewExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const template = members?.get('template');
  const known = ['template', 'inputVariables', 'partialVariables', 'templateFormat', 'validateTemplate'];
  if (
    members === undefined ||
    template === undefined ||
    [...members.keys()].some((name) => !known.includes(name))
  )
    return file.cannot(node, 'Its options are not written where it is made.');
  return promptText(template, members.get('partialVariables'), members.get('templateFormat'), node, file);
}

/** `ChatPromptTemplate.fromMessages([...])`. */
function fromMessages(node: CallExpression | NewExpression, file: Rewriting): string {
  const argument = argumentOf(node);
  const list =
    argument !== undefined && Node.isObjectLiteralExpression(argument)
      ? membersOf(argument)?.get('promptMessages')
      : argument;
  if (list === undefined || !Node.isArrayLiteralExpression(list) || node.getArguments().length > 1)
    return file.cannot(node, 'Its messages are not written as a list.');
  const whole = node.getSourceFile().getFullText();
  let written = '';
  let at = list.getStart();
  for (const element of list.getElements()) {
    written += whole.slice(at, element.getStart()) + templateMessage(element, file);
    at = element.getEnd();
  }
  return `${file.use('chatPrompt', '@mortise/toolkit')}(${written}${whole.slice(at, list.getEnd())})`;
}

function templateMessage(node: Node, file: Rewriting): string {
  if (Node.isArrayLiteralExpression(node)) {
    const [role, content] = node.getElements();
    const word = literalText(role);
    if (word === 'placeholder') {
      const name = literalText(content)?.replaceAll(/[{}]/g, '');
      return name === undefined
        ? file.cannot(node, 'The name of the placeholder is not written out.')
        : `${file.use('placeholder', '@mortise/toolkit')}('${name}')`;
    }
    const to = roleOf(word);
    if (to === undefined || content === undefined)
      return file.cannot(node, `A message of the role ${word ?? ''} has no counterpart.`);
    if (Node.isArrayLiteralExpression(content)) {
      if (/\{[^{}:]*\}/.test(content.getText().replaceAll(/\{\s*\w+\s*:[^{}]*\}/g, '')))
        return file.cannot(
          node,
          'Variables in pictures have no counterpart: placeholder(name) stands for a block.',
        );
      return `{ role: '${to}', content: ${contentText(content, file)} }`;
    }
    const text = templateText(content, file);
    return text === undefined ? node.getText() : `{ role: '${to}', content: ${text} }`;
  }
  if (
    Node.isIdentifier(node) &&
    /\{\w+\}/.test(
      constantOf(node)
        ?.getText()
        .replaceAll(/\$\{[^{}]*\}/g, '') ?? '',
    )
  )
    return file.cannot(node, 'A message with variables stands in a constant: write it in the list.');
  if (Node.isNewExpression(node) || Node.isCallExpression(node) || Node.isIdentifier(node))
    return file.render(node);
  return messageText(node, file);
}

/** `SystemMessagePromptTemplate.fromTemplate(text)`. */
const messageTemplate = (role: string): NameRules => ({
  statics: {
    fromTemplate: {
      kind: 'message',
      rule: (node, file) => {
        const template = argumentOf(node);
        const text = template === undefined ? undefined : templateText(template, file);
        return text === undefined ? node.getText() : `{ role: '${role}', content: ${text} }`;
      },
    },
  },
});

/** `format(values)`; a template without variables takes none. */
function formatText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const values = argumentOf(node);
  if (receiver === undefined || node.getArguments().length > 1)
    return file.cannot(node, 'It is called in an unknown way.');
  const none = values === undefined || membersOf(values)?.size === 0;
  return `${file.render(receiver)}.format(${none || values === undefined ? '' : file.render(values)})`;
}

/** `new FewShotPromptTemplate({ examples, examplePrompt, prefix, suffix })` as a function over our prompts. */
function fewShot(node: NewExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const [examples, each, prefix, suffix, separator] = [
    'examples',
    'examplePrompt',
    'prefix',
    'suffix',
    'exampleSeparator',
  ].map((name) => members?.get(name));
  const known = [
    'examples',
    'examplePrompt',
    'prefix',
    'suffix',
    'exampleSeparator',
    'inputVariables',
    'templateFormat',
  ];
  const variables = suffix === undefined ? undefined : variablesOf(suffix);
  const end = suffix === undefined ? undefined : templateText(suffix, file);
  const isPlain = prefix === undefined || variablesOf(prefix)?.length === 0;
  if (
    members === undefined ||
    examples === undefined ||
    each === undefined ||
    variables === undefined ||
    end === undefined ||
    !isPlain ||
    [...members.keys()].some((name) => !known.includes(name))
  )
    return file.cannot(
      node,
      'Examples that are selected, and variables before them, have no counterpart by rule: similarExamples, budgetedExamples.',
    );
  const values =
    variables.length === 0
      ? ''
      : `values${file.typed ? `: { ${variables.map((name) => `${name}: string`).join('; ')} }` : ''}`;
  const parts = [
    ...(prefix === undefined ? [] : [file.render(prefix)]),
    `...${file.render(examples)}.map((example) => ${file.render(each)}.format(example))`,
    `${file.use('prompt', '@mortise/toolkit')}(${end}).format(${variables.length === 0 ? '' : 'values'})`,
  ];
  return `{ format: (${values}) => [${parts.join(', ')}].join(${separator === undefined ? "'\\n\\n'" : file.render(separator)}) }`;
}

export const PROMPTS: Readonly<Record<string, NameRules>> = {
  PromptTemplate: {
    construct: { kind: 'prompt', rule: newPrompt },
    statics: { fromTemplate: { kind: 'prompt', rule: fromTemplate, sync: true } },
    type: { name: 'PromptTemplate', from: '@mortise/toolkit', kind: 'prompt' },
  },
  ChatPromptTemplate: {
    construct: { kind: 'chat prompt', rule: fromMessages },
    statics: {
      fromMessages: { kind: 'chat prompt', rule: fromMessages, sync: true },
      fromTemplate: {
        kind: 'chat prompt',
        sync: true,
        rule: (node, file) => {
          const template = argumentOf(node);
          const text = template === undefined ? undefined : templateText(template, file);
          return text === undefined
            ? node.getText()
            : `${file.use('chatPrompt', '@mortise/toolkit')}([{ role: 'user', content: ${text} }])`;
        },
      },
    },
    type: { name: 'ChatPromptTemplate', from: '@mortise/toolkit', kind: 'chat prompt' },
  },
  FewShotPromptTemplate: { construct: { kind: 'few-shot prompt', rule: fewShot } },
  SystemMessagePromptTemplate: messageTemplate('system'),
  HumanMessagePromptTemplate: messageTemplate('user'),
  AIMessagePromptTemplate: messageTemplate('assistant'),
  MessagesPlaceholder: {
    construct: {
      kind: 'message',
      rule: (node, file) => {
        const name =
          literalText(argumentOf(node)) ?? literalText(membersOf(argumentOf(node))?.get('variableName'));
        return name === undefined
          ? file.cannot(node, 'The name of the placeholder is not written out.')
          : `${file.use('placeholder', '@mortise/toolkit')}('${name}')`;
      },
    },
  },
};

const shared: KindRules = {
  methods: {
    partial: {
      kind: (node, file) => file.kindOf(methodCall(node)?.receiver ?? node),
      sync: true,
      rule: (node, file) =>
        `${file.render(methodCall(node)?.receiver ?? node)}.partial(${node
          .getArguments()
          .map((each) => file.render(each))
          .join(', ')})`,
    },
  },
  properties: { inputVariables: { as: 'variables' } },
};

export const PROMPT_KINDS: Readonly<Record<string, KindRules>> = {
  prompt: {
    properties: { ...shared.properties, template: { kind: 'text', as: 'template' } },
    methods: {
      ...shared.methods,
      format: { kind: 'text', rule: formatText, sync: true },
      formatPromptValue: { kind: 'prompt value', rule: formatText, sync: true },
      invoke: { kind: 'prompt value', rule: formatText, sync: true },
    },
  },
  'few-shot prompt': { methods: { format: { kind: 'text', rule: formatText, sync: true } } },
  /** A prompt that was filled in is a text here. */
  'prompt value': {
    plain: true,
    methods: {
      toString: {
        kind: 'text',
        rule: (node: CallExpression, file: Rewriting) => file.render(methodCall(node)?.receiver ?? node),
      },
      toChatMessages: {
        rule: (node: CallExpression, file: Rewriting) =>
          `[{ role: 'user', content: ${file.render(methodCall(node)?.receiver ?? node)} }]`,
      },
    },
    properties: { value: { kind: 'text', as: '' } },
  },
  'chat prompt': {
    ...shared,
    methods: {
      ...shared.methods,
      format: {
        kind: 'text',
        sync: true,
        rule: (node, file) => `${file.use('messagesToPrompt', '@mortise/core')}(${formatText(node, file)})`,
      },
      formatMessages: { kind: 'messages', rule: formatText, sync: true },
      formatPromptValue: { kind: 'chat prompt value', rule: formatText, sync: true },
      invoke: { kind: 'chat prompt value', rule: formatText, sync: true },
    },
  },
  messages: { plain: true },
  'chat prompt value': {
    plain: true,
    methods: {
      toChatMessages: {
        kind: 'messages',
        rule: (node, file) => file.render(methodCall(node)?.receiver ?? node),
      },
      toString: {
        rule: (node: CallExpression, file: Rewriting) =>
          `${file.use('messagesToPrompt', '@mortise/core')}(${file.render(methodCall(node)?.receiver ?? node)})`,
      },
    },
    properties: { messages: { kind: 'messages', as: '' } },
  },
};
