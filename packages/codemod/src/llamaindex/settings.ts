import { Node, type CallExpression, type Statement } from 'ts-morph';
import type { NameRules, Rewriting } from '../engine/contract.ts';
import { returnedKind } from '../engine/kinds.ts';
import { methodCall } from '../engine/syntax.ts';

/** What `Settings` has that a constant can stand for: its member, and the constant's name. */
const PARTS: Readonly<Record<string, string>> = {
  llm: 'llm',
  embedModel: 'embedding',
  nodeParser: 'splitter',
};

/** What LlamaIndexTS took before 0.9 where nothing was set; later versions throw. */
const DEFAULTS: Readonly<Record<string, (file: Rewriting, name: string) => string>> = {
  llm: (file, name) =>
    `const ${name} = new ${file.use('OpenAILLM', '@mortise/openai')}({ model: 'gpt-4o', api: 'chat-completions' });`,
  embedModel: (file, name) =>
    `const ${name} = new ${file.use('OpenAIEmbedding', '@mortise/openai')}({ model: 'text-embedding-ada-002' });`,
};

/** Finds what the file sets, before anything is rendered. */
function collect(file: Rewriting): void {
  if (file.settings.has('read')) return;
  file.settings.set('read', { text: '', scope: undefined });
  const chunks: { node: Node; member: string; value: Node }[] = [];
  file.source.forEachDescendant((node) => {
    const set = assignment(node, file);
    if (set === undefined) return;
    const { member, value } = set;
    if (member === 'chunkSize' || member === 'chunkOverlap') return void chunks.push({ node, ...set });
    const name = PARTS[member];
    if (name === undefined) return;
    if (file.settings.has(member))
      return void file.settings.set(`${member}:twice`, { text: '', scope: undefined });
    const scope = scopeOf(node);
    const isKnown = Node.isIdentifier(value) && file.kindOf(value) !== undefined;
    file.settings.set(member, { text: isKnown ? value.getText() : file.freshName(name), scope });
  });
  const [first] = chunks;
  if (first !== undefined && !file.settings.has('nodeParser'))
    file.settings.set('nodeParser', { text: file.freshName('splitter'), scope: scopeOf(first.node) });
}

function assignment(node: Node, file: Rewriting): { member: string; value: Node } | undefined {
  if (!Node.isBinaryExpression(node) || node.getOperatorToken().getText() !== '=') return undefined;
  const left = node.getLeft();
  if (!Node.isPropertyAccessExpression(left) || file.oldName(left.getExpression()) !== 'Settings')
    return undefined;
  return { member: left.getName(), value: node.getRight() };
}

/** The block in which a statement's constants can be seen; the file for its own statements. */
function scopeOf(node: Node): Node | undefined {
  return node.getFirstAncestor((each) => Node.isBlock(each) || Node.isSourceFile(each));
}

/** `Settings.llm = x;` becomes `const llm = x;`, or nothing where x is a constant already. */
export function settingsStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isExpressionStatement(statement)) return undefined;
  const set = assignment(statement.getExpression(), file);
  if (set === undefined) return undefined;
  collect(file);
  const { member, value } = set;
  if (file.settings.has(`${member}:twice`))
    return file.cannot(
      statement,
      `Settings.${member} is set more than once. Give each part of the program its own.`,
      'Settings',
    );
  if (member === 'chunkSize' || member === 'chunkOverlap') return chunkStatement(statement, file);
  const known = file.settings.get(member);
  if (known === undefined || PARTS[member] === undefined)
    return file.cannot(statement, `Settings.${member} has no counterpart.`, 'Settings');
  if (Node.isIdentifier(value) && value.getText() === known.text) return '';
  const end = statement.getText().endsWith(';') ? ';' : '';
  return `const ${known.text} = ${file.render(value)}${end}`;
}

/** `Settings.chunkSize` and `Settings.chunkOverlap` are one splitter. */
function chunkStatement(statement: Statement, file: Rewriting): string {
  const given = new Map<string, Node>();
  const places: Node[] = [];
  file.source.forEachDescendant((node) => {
    const set = assignment(node, file);
    if (set?.member !== 'chunkSize' && set?.member !== 'chunkOverlap') return;
    given.set(set.member, set.value);
    places.push(node.getParentOrThrow());
  });
  if (places[0] !== statement) return '';
  const known = file.settings.get('nodeParser');
  if (known === undefined)
    return file.cannot(statement, 'Settings.chunkSize stands beside Settings.nodeParser.', 'Settings');
  const size = given.get('chunkSize');
  const overlap = given.get('chunkOverlap');
  const made = file.use('SentenceSplitter', '@mortise/rag');
  const sizeText = size === undefined ? '1024' : file.render(size);
  return `const ${known.text} = new ${made}({ maxTokens: ${sizeText}, overlap: ${overlap === undefined ? '200' : file.render(overlap)} });`;
}

/**
 * The name of what `Settings` gave at this place. Where the file sets nothing, it is what LlamaIndexTS took by itself;
 * undefined, and listed, where another file may have set it.
 */
export function fromSettings(member: string, node: Node, file: Rewriting): string | undefined {
  const within = givenAround(member, node, file);
  if (within !== undefined) return within;
  collect(file);
  const found = file.settings.get(member);
  if (found !== undefined) {
    if (found.scope === undefined || node.getAncestors().includes(found.scope)) return found.text;
    file.cannot(
      node,
      `Settings.${member} is set inside of another function. Hand it over as an argument.`,
      'Settings',
    );
    return undefined;
  }
  const isElsewhere =
    file.setElsewhere(member) || (member === 'nodeParser' && file.setElsewhere('chunkSize'));
  if (isElsewhere) {
    file.cannot(
      node,
      `Settings.${member} is set in another file. Export it there, and hand it over here.`,
      'Settings',
    );
    return undefined;
  }
  const text = DEFAULTS[member];
  if (text === undefined) return undefined;
  const name = file.freshName(PARTS[member] ?? member);
  file.settings.set(member, { text: name, scope: file.source });
  file.declare(text(file, name));
  file.note(
    node,
    `Settings.${member} is set nowhere: what LlamaIndexTS took before 0.9, where later versions throw, is written out. Check it.`,
    'Settings',
  );
  return name;
}

const WITH: Readonly<Record<string, string>> = {
  withLLM: 'llm',
  withEmbedModel: 'embedModel',
  withNodeParser: 'nodeParser',
};

/** The constant that `Settings.withLLM(llm, () => ...)` around this place names. */
function givenAround(member: string, node: Node, file: Rewriting): string | undefined {
  for (const around of node.getAncestors()) {
    if (!Node.isCallExpression(around)) continue;
    const called = methodCall(around);
    if (
      called === undefined ||
      file.oldName(called.receiver) !== 'Settings' ||
      WITH[called.method] !== member
    )
      continue;
    const [value] = around.getArguments();
    return Node.isIdentifier(value) ? value.getText() : undefined;
  }
  return undefined;
}

/** `Settings.withLLM(llm, work)`: the work alone, in which the model is named. */
function withText(node: CallExpression, file: Rewriting): string {
  const [value, work, ...others] = node.getArguments();
  if (!Node.isIdentifier(value) || work === undefined || others.length > 0 || !Node.isArrowFunction(work))
    return file.cannot(node, 'What is set, or where, is not written out.', 'Settings');
  return `(${file.render(work)})()`;
}

/** The splitter that `Settings` asks for, or LlamaIndexTS's own sizes. Undefined, and listed, where another file may set it. */
export function splitterText(node: Node, file: Rewriting): string | undefined {
  collect(file);
  if (file.settings.has('nodeParser') || file.setElsewhere('nodeParser') || file.setElsewhere('chunkSize'))
    return fromSettings('nodeParser', node, file);
  const made = file.use('SentenceSplitter', '@mortise/rag');
  return `new ${made}({ maxTokens: 1024, overlap: 200 })`;
}

function withKind(node: CallExpression, file: Rewriting): string | undefined {
  const work = node.getArguments()[1];
  return work === undefined ? undefined : returnedKind(work, file);
}

/** `Settings.llm` that is read, and what else of `Settings` is met. */
export const SETTINGS: Readonly<Record<string, NameRules>> = {
  Settings: {
    statics: {
      withLLM: { kind: withKind, rule: withText },
      withEmbedModel: { kind: withKind, rule: withText },
      withNodeParser: { kind: withKind, rule: withText },
    },
    values: {
      llm: (node, file) => fromSettings('llm', node, file) ?? node.getText(),
      embedModel: (node, file) => fromSettings('embedModel', node, file) ?? node.getText(),
    },
    without:
      'What is set for the whole application is handed over where it is needed: see docs/guides/from-llamaindex-ts.md.',
  },
};
