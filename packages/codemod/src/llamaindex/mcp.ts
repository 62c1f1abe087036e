import { Node, type CallExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, mayWait, membersOf, methodCall, objectText } from '../engine/syntax.ts';

const OPTIONS = ['url', 'command', 'args', 'env', 'verbose'];

/** `mcp({ command, args })`: the connection is made where the server is named. */
function connectText(node: CallExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const other = [...(members?.keys() ?? [])].find((name) => !OPTIONS.includes(name));
  if (members === undefined || other !== undefined)
    return file.cannot(
      node,
      other === undefined
        ? 'The options of a server are not written where it is named.'
        : `The option ${other} of a server has no counterpart: see connectMcp of @mortise/mcp.`,
    );
  if (!Node.isVariableDeclaration(node.getParent()) || !mayWait(node))
    return file.cannot(node, 'A connection is waited for: name the server in an async function.');
  file.note(
    node,
    'The connection is made here, and not at the first use. Descriptions of a server are marked as its own words; see the README of @mortise/mcp.',
  );
  const options = [...members].filter(([name]) => name !== 'verbose');
  return `await ${file.use('connectMcp', '@mortise/mcp')}(${objectText(options.map(([name, value]) => [name, file.render(value)]))})`;
}

export const MCP: Readonly<Record<string, NameRules>> = {
  mcp: { call: { kind: 'mcp server', rule: connectText } },
};

export const MCP_KINDS: Readonly<Record<string, KindRules>> = {
  'mcp server': {
    methods: {
      tools: {
        kind: 'tool[]',
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          if (receiver === undefined || node.getArguments().length > 0)
            return file.cannot(node, 'It is called in an unknown way.');
          return `${file.use('mcpTools', '@mortise/mcp')}(${file.render(receiver)}).then(({ tools }) => tools)`;
        },
      },
      cleanup: {
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          if (receiver === undefined) return file.cannot(node, 'It is called in an unknown way.');
          return `${file.render(receiver)}.close()`;
        },
      },
    },
  },
};
