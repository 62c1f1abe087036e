import { Node, type NewExpression, type ObjectLiteralExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, literalText, membersOf, objectText } from '../engine/syntax.ts';

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  user: 'user',
  ai: 'assistant',
  assistant: 'assistant',
  system: 'system',
};

/** The role that a word of LangChain's stands for. */
export const roleOf = (word: string | undefined): string | undefined =>
  word === undefined ? undefined : ROLES[word];

/** What `invoke` and `stream` of a model take: a text, or messages in any of their forms. */
export function inputText(node: Node, file: Rewriting): string {
  if (Node.isObjectLiteralExpression(node)) return valuesText(node, file);
  if (!Node.isArrayLiteralExpression(node)) return file.render(node);
  const whole = node.getSourceFile().getFullText();
  let written = '';
  let at = node.getStart();
  for (const element of node.getElements()) {
    written += whole.slice(at, element.getStart()) + messageText(element, file);
    at = element.getEnd();
  }
  return written + whole.slice(at, node.getEnd());
}

/** Values of a prompt; a message alone is a list of one, where a placeholder stands for messages. */
function valuesText(node: ObjectLiteralExpression, file: Rewriting): string {
  const whole = node.getSourceFile().getFullText();
  let written = '';
  let at = node.getStart();
  for (const property of node.getProperties()) {
    written += whole.slice(at, property.getStart());
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined;
    const isMessage = value !== undefined && file.kindOf(value) === 'message';
    written +=
      isMessage && Node.isPropertyAssignment(property)
        ? `${property.getNameNode().getText()}: [${file.render(value)}]`
        : file.render(property);
    at = property.getEnd();
  }
  return written + whole.slice(at, node.getEnd());
}

/** One message as an element of a list: a tuple, an object, a text or a value. */
export function messageText(node: Node, file: Rewriting): string {
  if (Node.isArrayLiteralExpression(node)) {
    const [role, content] = node.getElements();
    const to = roleOf(literalText(role));
    if (to === undefined || content === undefined)
      return file.cannot(node, `A message of the role ${role?.getText() ?? ''} has no counterpart.`);
    return `{ role: '${to}', content: ${contentText(content, file)} }`;
  }
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node))
    return `{ role: 'user', content: ${node.getText()} }`;
  if (file.kindOf(node) === 'ai message') return `${file.render(node)}.message`;
  const members = membersOf(node);
  if (members !== undefined && Node.isObjectLiteralExpression(node)) {
    const role = literalText(members.get('role'));
    const content = members.get('content');
    const to = roleOf(role);
    if (to === undefined || content === undefined || members.size !== 2)
      return file.cannot(node, 'A message of this form has no counterpart.');
    return `{ role: '${to}', content: ${contentText(content, file)} }`;
  }
  return file.render(node);
}

/** A text, or blocks. */
export function contentText(node: Node, file: Rewriting): string {
  if (!Node.isArrayLiteralExpression(node)) return file.render(node);
  const whole = node.getSourceFile().getFullText();
  let written = '';
  let at = node.getStart();
  for (const element of node.getElements()) {
    written += whole.slice(at, element.getStart()) + blockText(element, file);
    at = element.getEnd();
  }
  return written + whole.slice(at, node.getEnd());
}

function blockText(node: Node, file: Rewriting): string {
  const members = membersOf(node);
  const type = literalText(members?.get('type'));
  if (type === 'text' && members?.size === 2) return file.render(node);
  if (type === 'media') {
    const [data, mimeType] = [members?.get('data'), members?.get('mimeType')];
    const media = /^(image|audio|video)\//.exec(literalText(mimeType) ?? '')?.[1] ?? 'document';
    if (data === undefined || mimeType === undefined || literalText(mimeType) === undefined)
      return file.cannot(node, 'What the media are cannot be told.');
    return `{ type: '${media}', source: { data: ${file.render(data)}, mediaType: ${file.render(mimeType)} } }`;
  }
  if (type !== 'image_url')
    return file.cannot(node, `A block of the type ${type ?? 'unknown'} has no counterpart by rule.`);
  const image = members?.get('image_url');
  const of = membersOf(image);
  const url = of === undefined ? image : of.get('url');
  const detail = of?.get('detail');
  if (url === undefined) return file.cannot(node, 'A picture needs an address.');
  return objectText([
    ['type', "'image'"],
    ['source', sourceText(url, file)],
    ['detail', detail === undefined ? undefined : file.render(detail)],
  ]);
}

/** A `data:` address is bytes with a media type. */
function sourceText(url: Node, file: Rewriting): string {
  const text = file.render(url);
  const data = /^(["'`])data:([\w.+/-]+);base64,/.exec(text);
  const [all, quote, mediaType] = data ?? [];
  if (all === undefined || quote === undefined) return `{ url: ${text} }`;
  const rest = `${quote}${text.slice(all.length)}`;
  const only = /^`\$\{([^{}]*)\}`$/.exec(rest);
  return `{ data: ${only?.[1] ?? rest}, mediaType: '${mediaType}' }`;
}

/** An element of a list that is kept in a constant has no type from where it is used. */
function isInConstant(node: Node | undefined): boolean {
  return Node.isArrayLiteralExpression(node) && Node.isVariableDeclaration(node.getParent());
}

/** `new HumanMessage(...)`. */
const message = (role: string): NameRules => ({
  construct: {
    kind: 'message',
    rule: (node: NewExpression, file: Rewriting) => {
      const argument = argumentOf(node);
      const members = membersOf(argument);
      const content = members === undefined ? argument : members.get('content');
      if (
        content === undefined ||
        node.getArguments().length > 1 ||
        (members !== undefined && members.size > 1)
      )
        return file.cannot(
          node,
          'A message of ours has a role and content; tool calls and results are blocks.',
        );
      const text = `{ role: '${role}', content: ${contentText(content, file)} }`;
      const parent = node.getParent();
      const isFree =
        Node.isVariableDeclaration(parent) ||
        Node.isArrowFunction(parent) ||
        Node.isReturnStatement(parent) ||
        isInConstant(parent);
      if (!isFree) return text;
      if (!file.typed) return Node.isArrowFunction(parent) ? `(${text})` : text;
      const typed = `${text} satisfies ${file.useType('ChatMessage', '@mortise/core')}`;
      return Node.isArrowFunction(parent) ? `(${typed})` : typed;
    },
  },
  type: { name: 'ChatMessage', from: '@mortise/core', kind: 'message' },
});

export const MESSAGES: Readonly<Record<string, NameRules>> = {
  HumanMessage: message('user'),
  SystemMessage: message('system'),
  AIMessage: message('assistant'),
  BaseMessage: { type: { name: 'ChatMessage', from: '@mortise/core', kind: 'message' } },
  ToolMessage: {
    construct: {
      kind: 'message',
      rule: (node, file) => {
        const members = membersOf(argumentOf(node));
        const [id, content, name] = ['tool_call_id', 'content', 'name'].map((each) => members?.get(each));
        if (
          members === undefined ||
          id === undefined ||
          content === undefined ||
          [...members.keys()].some((each) => !['tool_call_id', 'content', 'name'].includes(each))
        )
          return file.cannot(node, 'Its parts are not written where it is made.');
        const block = objectText([
          ['type', "'tool-result'"],
          ['toolCallId', file.render(id)],
          ['toolName', name === undefined ? undefined : file.render(name)],
          ['content', file.render(content)],
        ]);
        const text = `{ role: 'tool', content: [${block}] }`;
        const parent = node.getParent();
        const isFree = Node.isVariableDeclaration(parent) || Node.isReturnStatement(parent);
        return isFree && file.typed
          ? `${text} satisfies ${file.useType('ChatMessage', '@mortise/core')}`
          : text;
      },
    },
  },
};

export const MESSAGE_KINDS: Readonly<Record<string, KindRules>> = {
  message: { properties: { content: { as: 'content' } } },
};
