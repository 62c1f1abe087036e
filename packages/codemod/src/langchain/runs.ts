import { Node, type CallExpression } from 'ts-morph';
import type { Kind, KindRules, Rewriting } from '../engine/contract.ts';
import {
  argumentOf,
  argumentsText,
  constantOf,
  isTrue,
  literalText,
  membersOf,
  methodCall,
  objectText,
} from '../engine/syntax.ts';
import { PIPE } from './chains.ts';
import { inputText } from './messages.ts';
import { definitionsText, definitionText } from './tools.ts';

/** `reply.response_metadata`, where it is shown as a whole: why the reply ended, and what it cost. */
function metadataText(node: Node, file: Rewriting): string {
  const reply = Node.isPropertyAccessExpression(node) ? node.getExpression() : undefined;
  if (!Node.isIdentifier(reply) || Node.isPropertyAccessExpression(node.getParent()))
    return file.cannot(
      node,
      "What response_metadata holds is the provider's: see usage, finishReason, model and providerMetadata of a reply.",
    );
  file.note(node, "response_metadata was of the provider's own shape.");
  const name = file.render(reply);
  return objectText(['model', 'finishReason', 'usage'].map((member) => [member, `${name}.${member}`]));
}

/** Options of `invoke` that are ours under another name. */
function callOptions(node: CallExpression, file: Rewriting): string | undefined {
  const options = node.getArguments()[1];
  if (options === undefined) return '';
  const members = membersOf(options);
  const names: Readonly<Record<string, string>> = { signal: 'signal', timeout: 'timeoutMs', stop: 'stop' };
  const written: (readonly [string, string])[] = [];
  for (const [name, value] of members ?? []) {
    if (name === 'parallel_tool_calls') {
      written.push(['providerOptions', `{ openai: { parallel_tool_calls: ${file.render(value)} } }`]);
      continue;
    }
    if (name === 'tags' || name === 'runName' || name === 'stream_options') {
      file.note(
        value,
        `${name} has no counterpart: usage always comes, and events say which model was asked.`,
      );
      continue;
    }
    const to = names[name];
    if (to === undefined)
      return void file.cannot(node, `The option ${name} of a call has no counterpart by rule.`);
    written.push([to, file.render(value)]);
  }
  if (members === undefined)
    return void file.cannot(node, 'The options of the call are not written where it is made.');
  return objectText(written);
}

const ask =
  (method: string, after: string) =>
  (node: CallExpression, file: Rewriting): string => {
    const { receiver } = methodCall(node) ?? {};
    const input = argumentOf(node);
    const options = callOptions(node, file);
    if (options === undefined) return node.getText();
    if (receiver === undefined || input === undefined)
      return file.cannot(node, 'It is called in an unknown way.');
    return `${file.render(receiver)}.${method}(${argumentsText(inputText(input, file), options)})${after}`;
  };

/** A text model gives a text: the reply's. */
function textOf(node: CallExpression, file: Rewriting): string {
  const value = argumentOf(node);
  const constant = value !== undefined && Node.isIdentifier(value) ? constantOf(value) : value;
  if (Node.isArrayLiteralExpression(constant) || file.kindOf(argumentOf(node) ?? node)?.endsWith('[]'))
    return file.cannot(node, 'A text model is asked with one text.');
  const call = ask('chat', '')(node, file);
  return `${call}.then(({ text }) => text)`;
}

/** `await model.invoke(x)` of a text model, and of embeddings, reads a member of what is awaited. */
export function awaitedRun(value: Node, file: Rewriting): string | undefined {
  if (!Node.isCallExpression(value)) return undefined;
  const called = methodCall(value);
  const kind = called === undefined ? undefined : file.kindOf(called.receiver);
  if (called === undefined || kind === undefined) return undefined;
  if (kind === 'text model' && called.method === 'invoke') {
    const text = file.render(value);
    return text.endsWith('.then(({ text }) => text)')
      ? `(await ${text.slice(0, -'.then(({ text }) => text)'.length)}).text`
      : `await ${text}`;
  }
  if (kind === 'embedding' && called.method === 'embedDocuments')
    return `(await ${file.render(called.receiver)}.embedTexts(${value
      .getArguments()
      .map((each) => file.render(each))
      .join(', ')})).embeddings`;
  return undefined;
}

/** `withConfig({ stop, tool_choice, response_format })` as defaults of the calls. */
function configured(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  if (receiver === undefined || members === undefined)
    return file.cannot(node, 'Its options are not written where it is called.');
  const written: (readonly [string, string])[] = [];
  for (const [name, value] of members) {
    if (name === 'stop') written.push(['stop', file.render(value)]);
    else if (name === 'tool_choice' || name === 'function_call') {
      const choice = choiceText(value);
      if (choice === undefined) return file.cannot(node, 'The choice of a tool is not written out.');
      written.push(['toolChoice', choice]);
    } else if (name === 'response_format' && literalText(membersOf(value)?.get('type')) === 'json_object') {
      const schema = membersOf(value)?.get('schema');
      written.push([
        'responseFormat',
        objectText([
          ['type', "'json'"],
          ['schema', schema === undefined ? undefined : file.render(schema)],
        ]),
      ]);
    } else if (name === 'tags' || name === 'runName') file.note(value, `${name} has no counterpart.`);
    else return file.cannot(node, `The option ${name} has no counterpart by rule.`);
  }
  if (written.length === 0) return file.render(receiver);
  return `${file.use('withDefaults', '@mortise/toolkit')}(${file.render(receiver)}, ${objectText(written)})`;
}

function choiceText(value: Node): string | undefined {
  const word = literalText(value);
  if (word !== undefined)
    return ['auto', 'none', 'required'].includes(word)
      ? `'${word}'`
      : word === 'any'
        ? "'required'"
        : `{ tool: '${word}' }`;
  const members = membersOf(value);
  const name = members?.get('name') ?? membersOf(members?.get('function'))?.get('name');
  return name === undefined ? undefined : `{ tool: ${name.getText()} }`;
}

function bindTools(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const [tools, options] = node.getArguments();
  if (receiver === undefined || tools === undefined)
    return file.cannot(node, 'It is called in an unknown way.');
  const known = definitionsText(tools);
  if (known === undefined && !Node.isArrayLiteralExpression(tools) && file.kindOf(tools) !== 'tool[]')
    return file.cannot(node, 'The tools are not written as a list where they are bound.', 'bindTools');
  const list =
    known ??
    (Node.isArrayLiteralExpression(tools)
      ? `[${tools
          .getElements()
          .map((each) => definitionText(each, file))
          .join(', ')}]`
      : file.render(tools));
  const choice = options === undefined ? undefined : membersOf(options)?.get('tool_choice');
  if (options !== undefined && (choice === undefined || membersOf(options)?.size !== 1))
    return file.cannot(node, 'The options of bindTools have no counterpart by rule.');
  const written = objectText([
    ['tools', list],
    ['toolChoice', choice === undefined ? undefined : choiceText(choice)],
  ]);
  return `${file.use('withDefaults', '@mortise/toolkit')}(${file.render(receiver)}, ${written})`;
}

/** `withFallbacks([other])`. */
function withOthers(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const argument = argumentOf(node);
  const others = membersOf(argument)?.get('fallbacks') ?? argument;
  if (
    receiver === undefined ||
    others === undefined ||
    !Node.isArrayLiteralExpression(others) ||
    others.getElements().some((each) => file.kindOf(each) !== file.kindOf(receiver))
  )
    return file.cannot(node, 'The models to fall back to are not written as a list.');
  return `${file.use('withFallback', '@mortise/toolkit')}(${file.render(receiver)}, ${file.render(others)})`;
}

/** `withStructuredOutput(schema)`: an object with `invoke`, so that calls of it stay as they are. */
function structuredModel(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const [schema, options] = node.getArguments();
  const members = options === undefined ? new Map<string, Node>() : membersOf(options);
  if (receiver === undefined || schema === undefined || members === undefined)
    return file.cannot(node, 'Its options are not written where it is called.');
  const other = [...members.keys()].find(
    (name) => !['name', 'method', 'strict', 'includeRaw'].includes(name),
  );
  if (other !== undefined) return file.cannot(node, `The option ${other} has no counterpart.`);
  const mode = { jsonMode: "'prompt'", functionCalling: "'tool'", jsonSchema: "'native'" }[
    literalText(members.get('method')) ?? ''
  ];
  const name = members.get('name');
  const settings = objectText([
    ['name', name === undefined ? undefined : file.render(name)],
    ['mode', mode],
  ]);
  const input = file.typed ? `(input: ${file.useType('ChatInput', '@mortise/core')})` : '(input)';
  const call = `${file.use('structured', '@mortise/toolkit')}(${argumentsText(file.render(receiver), schemaText(schema, file), 'input', settings)})`;
  if (!isTrue(members.get('includeRaw'))) return `{ invoke: async ${input} => (await ${call}).value }`;
  file.note(
    node,
    'raw is a response of ours; a reply that does not fit is sent back once, and is then an error, not parsed: null.',
  );
  return `{ invoke: (${input.slice(1, -1)}) => ${call}.then(({ response, value }) => ({ raw: response, parsed: value })) }`;
}

/** A raw JSON schema is told as one. */
function schemaText(schema: Node, file: Rewriting): string {
  const value = Node.isIdentifier(schema) ? constant(schema) : schema;
  const text = file.render(schema);
  const type = literalText(membersOf(value)?.get('type'));
  return type === undefined && value !== undefined && membersOf(value)?.has('properties') !== true
    ? text
    : `${file.use('jsonSchema', '@mortise/toolkit')}(${text})`;
}

function constant(node: Node): Node | undefined {
  const declaration = node.getSymbol()?.getDeclarations()[0];
  const value = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined;
  return value !== undefined && Node.isAsExpression(value) ? value.getExpression() : value;
}

const structuredInvoke = (node: CallExpression, file: Rewriting): string => {
  const { receiver } = methodCall(node) ?? {};
  const input = argumentOf(node);
  if (receiver === undefined || input === undefined || node.getArguments().length > 1)
    return file.cannot(node, 'It is called in an unknown way.');
  return `${file.render(receiver)}.invoke(${inputText(input, file)})`;
};

const same: (node: CallExpression, file: Rewriting) => Kind | undefined = (node, file) =>
  file.kindOf(methodCall(node)?.receiver ?? node);

const embedOne = (node: CallExpression, file: Rewriting): string => {
  const { receiver } = methodCall(node) ?? {};
  file.note(node, 'Vectors are Float32Array, not number[].');
  return `${file.render(receiver ?? node)}.embedQuery(${node
    .getArguments()
    .map((each) => file.render(each))
    .join(', ')})`;
};

export const RUN_KINDS: Readonly<Record<string, KindRules>> = {
  'chat model': {
    methods: {
      ...PIPE,
      invoke: { kind: 'ai message', rule: ask('chat', '') },
      stream: { kind: 'ai stream', rule: ask('streamChat', '') },
      bindTools: { kind: 'chat model', rule: bindTools },
      withConfig: { kind: same, rule: configured },
      withFallbacks: { kind: same, rule: withOthers },
      withStructuredOutput: { kind: 'structured model', rule: structuredModel },
    },
    type: { name: 'LLM', from: '@mortise/core' },
  },
  'text model': {
    methods: {
      ...PIPE,
      invoke: { kind: 'text', rule: textOf },
      stream: { kind: 'text stream', rule: ask('streamChat', '.textStream') },
      withConfig: { kind: same, rule: configured },
      withFallbacks: { kind: same, rule: withOthers },
    },
    type: { name: 'LLM', from: '@mortise/core' },
  },
  'structured model': { methods: { ...PIPE, invoke: { rule: structuredInvoke } } },
  'ai message': {
    properties: {
      content: { kind: 'text', as: 'text' },
      text: { kind: 'text', as: 'text' },
      tool_calls: { kind: 'tool call[]', as: 'toolCalls' },
      additional_kwargs: { kind: 'extras', as: '' },
      usage_metadata: { kind: 'usage', as: 'usage' },
      response_metadata: { as: metadataText },
    },
  },
  extras: {
    properties: {
      tool_calls: {
        kind: 'tool call[]',
        as: (node, file) => {
          file.note(node, 'toolCalls are { id, name, arguments }, not what the provider sent.');
          return Node.isPropertyAccessExpression(node)
            ? `${file.render(node.getExpression())}.toolCalls`
            : node.getText();
        },
      },
    },
  },
  usage: {
    plain: true,
    properties: {
      input_tokens: { kind: 'text', as: 'inputTokens' },
      output_tokens: { kind: 'text', as: 'outputTokens' },
      total_tokens: { kind: 'text', as: 'totalTokens' },
    },
  },
  'tool call': {
    properties: {
      name: { kind: 'text', as: 'name' },
      args: { kind: 'text', as: 'arguments' },
      id: { kind: 'text', as: 'id' },
    },
  },
  'ai stream': { iterates: { kind: 'ai chunk', through: '.textStream' } },
  'ai chunk': {
    plain: true,
    properties: { content: { kind: 'text', as: '' }, text: { kind: 'text', as: '' } },
  },
  'text stream': { iterates: { kind: 'chunk', through: '' } },
  embedding: {
    type: { name: 'EmbeddingModel', from: '@mortise/core' },
    methods: {
      embedQuery: { rule: embedOne },
      embedDocuments: {
        rule: (node, file) => {
          file.note(node, 'Vectors are Float32Array, not number[].');
          return `${file.render(methodCall(node)?.receiver ?? node)}.embedTexts(${node
            .getArguments()
            .map((each) => file.render(each))
            .join(', ')}).then(({ embeddings }) => embeddings)`;
        },
      },
    },
  },
};
