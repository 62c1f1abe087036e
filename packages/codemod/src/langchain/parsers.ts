import { Node } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, literalText, membersOf, methodCall } from '../engine/syntax.ts';

const none = (factory: string, options: string): NameRules => ({
  construct: {
    kind: 'parser',
    rule: (node, file) =>
      node.getArguments().length === 0
        ? `new ${file.use(factory, '@mortise/toolkit')}(${options})`
        : file.cannot(node, 'Its options have no counterpart.'),
  },
});

/** A parser that is a member of a reply here: only a chain can use it, and it goes. */
function reading(kind: string): NameRules {
  return {
    construct: {
      kind: (node) => (node.getArguments().length === 0 ? kind : undefined),
      rule: (node, file) =>
        file.cannot(
          node,
          'Outside of a chain, or with options, it has no counterpart: a reply has text and toolCalls.',
        ),
    },
  };
}

/** `{ answer: "what it is" }` as a JSON schema of texts. */
function fromNames(node: Node, file: Rewriting): string | undefined {
  const members = membersOf(node);
  if (members === undefined) return undefined;
  const names = [...members.keys()];
  const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
  const properties = names.map(
    (name) => `${key(name)}: { type: 'string', description: ${file.render(members.get(name) as Node)} }`,
  );
  const type = file.typed ? `<{ ${names.map((name) => `${key(name)}: string`).join('; ')} }>` : '';
  const required = names.map((name) => `'${name}'`).join(', ');
  return `${file.use('jsonSchema', '@mortise/toolkit')}${type}({ type: 'object', properties: { ${properties.join(', ')} }, required: [${required}] })`;
}

export const PARSERS: Readonly<Record<string, NameRules>> = {
  StringOutputParser: reading('text parser'),
  JsonOutputFunctionsParser: reading('call parser'),
  JsonOutputToolsParser: reading('calls parser'),
  BytesOutputParser: reading('bytes parser'),
  HttpResponseOutputParser: reading('bytes parser'),
  DatetimeOutputParser: none('DateParser', ''),
  CommaSeparatedListOutputParser: none('ListParser', "{ style: 'comma' }"),
  StructuredOutputParser: {
    statics: {
      fromZodSchema: {
        kind: 'parser',
        rule: (node, file) => {
          const schema = argumentOf(node);
          return schema === undefined
            ? file.cannot(node, 'It has no schema.')
            : `new ${file.use('SchemaParser', '@mortise/toolkit')}(${file.render(schema)})`;
        },
      },
      fromNamesAndDescriptions: {
        kind: 'parser',
        rule: (node, file) => {
          const schema = fromNames(argumentOf(node) ?? node, file);
          return schema === undefined
            ? file.cannot(node, 'The names are not written out.')
            : `new ${file.use('SchemaParser', '@mortise/toolkit')}(${schema})`;
        },
      },
    },
  },
  RegexParser: {
    construct: {
      kind: 'parser',
      rule: (node, file) => {
        const [pattern, names] = node.getArguments();
        const text = pattern !== undefined && names !== undefined ? withNames(pattern, names) : undefined;
        if (text === undefined) return file.cannot(node, 'The groups of the pattern are not written out.');
        file.note(node, 'What does not match is an error, with no value that is taken instead.');
        return `new ${file.use('RegexParser', '@mortise/toolkit')}(${text})`;
      },
    },
  },
  OutputFixingParser: {
    statics: {
      fromLLM: {
        kind: 'mending parser',
        rule: (node, file) => {
          const [llm, parser] = node.getArguments();
          if (llm === undefined || parser === undefined)
            return file.cannot(node, 'It is made in an unknown way.');
          return `${file.use('withRepair', '@mortise/toolkit')}(${file.render(parser)}, ${file.render(llm)})`;
        },
      },
    },
  },
};

/** A pattern whose groups have names. */
function withNames(pattern: Node, names: Node): string | undefined {
  if (!Node.isRegularExpressionLiteral(pattern) || !Node.isArrayLiteralExpression(names)) return undefined;
  const words = names.getElements().map((each) => literalText(each));
  if (
    /\[[^\]]*\(/.test(pattern.getText()) ||
    words.some((word) => word === undefined || !/^[A-Za-z_]\w*$/.test(word))
  )
    return undefined;
  let count = 0;
  const text = pattern.getText().replaceAll(/(?<!\\)\((?!\?)/g, () => `(?<${words[count++] ?? ''}>`);
  return count === words.length ? text : undefined;
}

const parse: NonNullable<KindRules['methods']> = {
  parse: {
    rule: (node, file) =>
      `${file.render(methodCall(node)?.receiver ?? node)}.parse(${node
        .getArguments()
        .map((each) => file.render(each))
        .join(', ')})`,
  },
};

export const PARSER_KINDS: Readonly<Record<string, KindRules>> = {
  parser: {
    methods: {
      ...parse,
      getFormatInstructions: {
        kind: 'text',
        rule: (node, file) => `${file.render(methodCall(node)?.receiver ?? node)}.instructions()`,
      },
    },
  },
  'mending parser': { methods: parse },
  'text parser': {},
  'call parser': {},
  'calls parser': {},
  'bytes parser': {},
};
