import { Node, SyntaxKind, type CallExpression, type NewExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, argumentsText, indentOf, membersOf, methodCall, objectText } from '../engine/syntax.ts';
import { messagesText } from './chat.ts';
import { fromSettings } from './settings.ts';

/** What an agent is made of; it becomes a function of the question. */
interface AgentParts {
  readonly llm: string;
  readonly tools: string;
  readonly system: string | undefined;
  readonly memory: string | undefined;
  /** Something of it is waited for. */
  readonly waits: boolean;
}

const AGENT_OPTIONS = ['llm', 'tools', 'systemPrompt', 'verbose', 'name', 'description', 'memory'];

function agentParts(node: CallExpression | NewExpression, file: Rewriting): AgentParts | undefined {
  const members = membersOf(argumentOf(node));
  const other = [...(members?.keys() ?? [])].find(
    (name) =>
      !AGENT_OPTIONS.includes(name) ||
      (name === 'memory' && file.kindOf(members?.get(name) as Node) !== 'conversation memory'),
  );
  if (members === undefined || other !== undefined) {
    file.cannot(
      node,
      other === undefined
        ? 'Its options are not written where it is made.'
        : `The option ${other} of an agent has no counterpart here: see docs/guides/tools.md.`,
    );
    return undefined;
  }
  const given = members.get('llm');
  const llm = given === undefined ? fromSettings('llm', node, file) : file.render(given);
  const tools = members.get('tools');
  if (llm === undefined) return undefined;
  const system = members.get('systemPrompt');
  return {
    llm,
    tools: tools === undefined ? '[]' : file.render(tools),
    system: system === undefined ? undefined : file.render(system),
    memory: members.has('memory') ? file.render(members.get('memory') as Node) : undefined,
    waits: [given, tools, system].some((part) => part !== undefined && waitsFor(part)),
  };
}

function waitsFor(node: Node): boolean {
  return (
    Node.isAwaitExpression(node) ||
    node
      .getDescendantsOfKind(SyntaxKind.AwaitExpression)
      .some(
        (each) =>
          !each
            .getAncestors()
            .some((around) => Node.isArrowFunction(around) && around.getAncestors().includes(node)),
      )
  );
}

/** The ways in which the file asks an agent. */
function methodsCalled(node: Node): Set<string> {
  return new Set(callsOf(node).map((call) => (runsStreamed(call) ? 'stream' : 'run')));
}

const LOOPS = [
  SyntaxKind.ForStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
];

/** The calls of an agent's methods, where it is a constant. */
function callsOf(node: Node): CallExpression[] {
  const declaration = node.getParent();
  if (!Node.isVariableDeclaration(declaration)) return [];
  return node
    .getSourceFile()
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter((call) => {
      const { receiver } = methodCall(call) ?? {};
      return Node.isIdentifier(receiver) && receiver.getSymbol()?.getDeclarations()[0] === declaration;
    });
}

/** Whether an agent is asked again by `chat()`, which keeps what was said. */
function isConversation(node: Node): boolean {
  const calls = callsOf(node);
  if (calls.some((call) => methodCall(call)?.method !== 'chat')) return false;
  return (
    calls.length > 1 ||
    calls.some((call) =>
      call
        .getAncestors()
        .some((around) => LOOPS.includes(around.getKind()) && !node.getAncestors().includes(around)),
    )
  );
}

/** An agent with which one talks is a chat engine, any other a function of the question. */
export const agentKind = (node: Node): string => (isConversation(node) ? 'chat engine' : 'agent');

/** An agent that keeps what was said. */
function conversationText(parts: AgentParts, node: Node, file: Rewriting): string {
  if (parts.memory !== undefined)
    return file.cannot(node, 'An agent with a memory is asked with a question alone.');
  file.note(
    node,
    'A turn stops after 10 steps (maxSteps), and what a tool throws is not told to the model. The model is told rules for results of tools besides.',
  );
  return `${file.use('createToolsChatEngine', '@mortise/rag')}(${argumentsText(
    objectText([
      ['llm', parts.llm],
      ['tools', parts.tools],
    ]),
    objectText([['systemPrompt', parts.system]]),
  )})`;
}

/** `runStream(...)`, or `chat({ stream: true })`. */
export function runsStreamed(node: CallExpression): boolean {
  if (['runStream', 'createTask'].includes(methodCall(node)?.method ?? '')) return true;
  return membersOf(argumentOf(node))?.get('stream')?.getText() === 'true';
}

export function agentText(node: CallExpression | NewExpression, file: Rewriting): string {
  const parts = agentParts(node, file);
  if (parts === undefined) return node.getText();
  if (isConversation(node)) return conversationText(parts, node, file);
  if (callsOf(node).some((call) => methodCall(call)?.method === 'chat'))
    file.note(
      node,
      'Each question stands alone: chat() of an agent kept what was said, as createToolsChatEngine does.',
    );
  const methods = methodsCalled(node);
  const options = optionsUsed(node, file);
  const system = parts.system === undefined ? [] : [`{ role: 'system', content: ${parts.system} }`];
  const history = options.has('chatHistory') ? ['...history'] : [];
  const before = [...system, ...history];
  const asked =
    before.length === 0 ? 'question' : `[${[...before, `{ role: 'user', content: question }`].join(', ')}]`;
  const schema = options.get('responseFormat');
  if ((parts.waits || parts.memory !== undefined) && methods.has('stream'))
    return file.cannot(node, 'What an agent that streams is made of must be there: give it constants.');
  if (parts.memory !== undefined && (options.size > 0 || !Node.isIdentifier(memoryOf(node))))
    return file.cannot(node, 'An agent with a memory is asked with a question alone.');
  if (parts.memory !== undefined)
    return rememberingText({ ...parts, memory: parts.memory }, system, node, file);
  const run = (by: string): string =>
    `${parts.waits ? 'async ' : ''}${parameters(options, schema, file)} => ${file.use(by, '@mortise/toolkit')}(${argumentsText(
      parts.llm,
      asked,
      `{ tools: ${parts.tools}${schema === undefined ? '' : ', output'} }`,
    )})`;
  file.note(
    node,
    'An agent is runTools or streamTools: it stops after 10 steps (maxSteps), and what a tool throws is not told to the model.',
  );
  if (methods.size < 2) return run(methods.has('stream') ? 'streamTools' : 'runTools');
  return `{ run: ${run('runTools')}, runStream: ${run('streamTools')} }`;
}

const memoryOf = (node: CallExpression | NewExpression): Node | undefined =>
  membersOf(argumentOf(node))?.get('memory');

/** An agent that keeps what was said: each question and all that came of it. */
function rememberingText(
  parts: AgentParts & { readonly memory: string },
  system: readonly string[],
  node: Node,
  file: Rewriting,
): string {
  const { llm, memory, tools } = parts;
  const asked = [...system, '...messages'].join(', ');
  file.note(
    node,
    'An agent is runTools: it stops after 10 steps (maxSteps), and what a tool throws is not told to the model.',
  );
  return [
    `async (question${file.typed ? ': string' : ''}) => {`,
    `  await ${memory}.add({ role: 'user', content: question });`,
    `  const messages = await ${memory}.getLLM();`,
    `  const result = await ${file.use('runTools', '@mortise/toolkit')}(${llm}, [${asked}], { tools: ${tools} });`,
    `  await ${memory}.add(...result.messages.slice(${system.length === 0 ? '' : `${system.length} + `}messages.length));`,
    '  return result;',
    '}',
  ].join(`\n${indentOf(node)}`);
}

/** The parameters of the function that an agent becomes: the question, and what its calls give besides. */
function parameters(options: ReadonlyMap<string, Node>, schema: Node | undefined, file: Rewriting): string {
  const names = [
    ...(options.has('chatHistory') ? ['history'] : []),
    ...(schema === undefined ? [] : ['output']),
  ];
  if (names.length === 0) return file.typed ? '(question: string)' : '(question)';
  const defaults = names.map((name) => (name === 'history' ? 'history = []' : name)).join(', ');
  if (!file.typed) return `(question, { ${defaults} } = {})`;
  const types = names.map((name) =>
    name === 'history'
      ? `history?: readonly ${file.useType('ChatMessage', '@mortise/core')}[]`
      : `output?: ${schema !== undefined && Node.isIdentifier(schema) ? `typeof ${schema.getText()}` : 'never'}`,
  );
  return `(question: string, { ${defaults} }: { ${types.join('; ')} } = {})`;
}

/** What a run is given besides the question. */
const RUN_OPTIONS = ['chatHistory', 'state', 'responseFormat'];

export function runText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const [argument, second] = node.getArguments();
  // Of a task it says whether it streams.
  const extra = methodCall(node)?.method === 'createTask' ? undefined : second;
  const members = membersOf(argument);
  const question = members?.get('message') ?? (members === undefined ? argument : undefined);
  const options = extra === undefined ? new Map<string, Node>() : membersOf(extra);
  const other =
    [...(members?.keys() ?? [])].find((name) => !['message', 'stream'].includes(name)) ??
    [...(options?.keys() ?? [])].find((name) => !RUN_OPTIONS.includes(name));
  if (receiver === undefined || question === undefined || options === undefined || other !== undefined)
    return file.cannot(
      node,
      `The option ${other ?? ''} of a run has no counterpart by rule: see messages and onState of runTools.`,
    );
  const state = options.get('state');
  if (state !== undefined && (options.has('chatHistory') || file.kindOf(state) !== 'run state'))
    return file.cannot(node, 'What a run goes on from is the state that an earlier run of this file gave.');
  if (file.kindOf(question) !== undefined && file.kindOf(question) !== 'text')
    return file.cannot(node, 'An agent is asked with a text.');
  const made = Node.isIdentifier(receiver) ? receiver.getSymbol()?.getDeclarations()[0] : undefined;
  const from = Node.isVariableDeclaration(made) ? made.getInitializer() : undefined;
  if (from === undefined || !(Node.isCallExpression(from) || Node.isNewExpression(from)))
    return file.cannot(node, 'Where the agent was made cannot be told.');
  const both = methodsCalled(from).size > 1;
  const callee = both
    ? `${receiver.getText()}.${runsStreamed(node) ? 'runStream' : 'run'}`
    : receiver.getText();
  const given = objectText(
    RUN_OPTIONS.map((name) => {
      const value = options.get(name);
      if (value === undefined) return [name, undefined] as const;
      return [
        name === 'responseFormat' ? 'output' : 'history',
        name === 'chatHistory' ? messagesText(value, file) : file.render(value),
      ] as const;
    }),
  );
  return `${callee}(${argumentsText(file.render(question), given)})`;
}

/** The options with which any run of an agent is called. */
function optionsUsed(node: Node, file: Rewriting): Map<string, Node> {
  const used = new Map<string, Node>();
  const declaration = node.getParent();
  file.source.forEachDescendant((each) => {
    if (!Node.isCallExpression(each)) return;
    const called = methodCall(each);
    if (
      called === undefined ||
      !Node.isIdentifier(called.receiver) ||
      called.receiver.getSymbol()?.getDeclarations()[0] !== declaration
    )
      return;
    for (const [name, value] of membersOf(each.getArguments()[1]) ?? [])
      used.set(name === 'state' ? 'chatHistory' : name, value);
  });
  return used;
}
