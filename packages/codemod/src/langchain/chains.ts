import { Node, type CallExpression, type VariableDeclaration } from 'ts-morph';
import type { Kind, KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { constantOf, methodCall, plain } from '../engine/syntax.ts';
import { expression, resultKind, type Written } from './chain-expression.ts';
import { firstVariables, inputType } from './chain-inputs.ts';
import { inputText } from './messages.ts';
import { stepsOf } from './steps.ts';

/** The methods that a chain is used by. */
export function usesOf(
  declaration: Node,
  file: Rewriting,
): { readonly methods: Set<string>; readonly isPart: boolean } {
  const methods = new Set<string>();
  let isPart = false;
  file.source.forEachDescendant((node) => {
    if (!Node.isIdentifier(node) || node.getParent() === declaration) return;
    const parent = node.getParent();
    const symbol = Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : node.getSymbol();
    if (symbol?.getDeclarations()[0] !== declaration) return;
    if (
      Node.isPropertyAccessExpression(parent) &&
      parent.getExpression() === node &&
      parent.getName() !== 'pipe'
    )
      methods.add(parent.getName());
    else isPart = true;
  });
  return { methods, isPart };
}

/** `const chain = prompt.pipe(model)` becomes a function, or an object of two where it is both invoked and streamed. */
export function chainDeclaration(declaration: VariableDeclaration, file: Rewriting): string | undefined {
  const value = declaration.getInitializer();
  if (value === undefined || file.kindOf(value) !== 'chain') return undefined;
  const steps = stepsOf(value, file);
  if (steps === undefined) return undefined;
  const { methods, isPart } = usesOf(declaration, file);
  const other = [...methods].find((name) => name !== 'invoke' && name !== 'stream');
  if (other !== undefined)
    return file.cannot(
      value,
      `${other}() of a chain has no counterpart: a chain is a function here.`,
      'pipe',
    );
  if (isPart && methods.has('stream'))
    return file.cannot(
      value,
      'A chain that is part of another and streamed besides: write two functions.',
      'pipe',
    );
  const [first, ...rest] = steps;
  const lines: string[] = [];
  let named = steps;
  if (
    first !== undefined &&
    (first.does === 'prompt' || first.does === 'chat prompt') &&
    !Node.isIdentifier(first.node)
  ) {
    // The type of what it takes is asked of the prompt by its name.
    const name = file.freshName(`${declaration.getName()}Prompt`);
    lines.push(`const ${name} = ${file.render(first.node)};`);
    named = [{ ...first, name }, ...rest];
  }
  const takesNone = firstVariables(steps)?.length === 0;
  const type = takesNone ? undefined : inputType(named, file);
  if (file.typed && type === undefined && !takesNone)
    return file.cannot(value, 'The type of what the chain takes cannot be told.', 'pipe');
  const parameter = takesNone ? '()' : `(input${file.typed ? `: ${type}` : ''})`;
  const body = (isStream: boolean): string | undefined => {
    const inner: string[] = [];
    const written = expression(named, takesNone ? '' : 'input', isStream, value, file, inner);
    if (written === undefined) return undefined;
    const text =
      inner.length === 0
        ? written.text
        : `{\n${[...inner, `return ${written.text};`].map((line) => `  ${line}\n`).join('')}}`;
    // A stream begins when it is read, and is no promise.
    if (isStream && text.includes('await '))
      return void file.cannot(
        value,
        'A stream behind steps that are waited for: write an async function.',
        'pipe',
      );
    return `${text.includes('await ') ? 'async ' : ''}${parameter} => ${text}`;
  };
  const streamed = methods.has('stream') ? body(true) : '';
  const invoked = methods.has('invoke') || isPart || methods.size === 0 ? body(false) : '';
  if (streamed === undefined || invoked === undefined) {
    file.cannot(value, 'A step of the chain has no counterpart.', 'pipe');
    return value.getText();
  }
  const text =
    streamed !== '' && invoked !== ''
      ? `{ invoke: ${invoked}, stream: ${streamed} }`
      : `${streamed}${invoked}`;
  return [...lines, `const ${declaration.getName()} = ${text};`].join('\n');
}

/** `chain.invoke(x)` of a constant. */
function callText(node: CallExpression, file: Rewriting): string {
  const { receiver, method } = methodCall(node) ?? {};
  const [input, options] = node.getArguments();
  if (receiver === undefined || method === undefined)
    return file.cannot(node, 'It is called in an unknown way.');
  if (options !== undefined)
    return file.cannot(
      node,
      'Options of a call of a chain (callbacks, signal, tags) have no counterpart by rule: give them to the model.',
    );
  const value = plain(receiver);
  if (!Node.isIdentifier(value)) {
    const written = inlineText(node, file);
    return written === undefined
      ? node.getText()
      : written.isPromise || method === 'stream'
        ? written.text
        : `Promise.resolve(${written.text})`;
  }
  const declaration = value.getSymbol()?.getDeclarations()[0];
  if (!Node.isVariableDeclaration(declaration))
    return file.cannot(node, 'Where the chain was made cannot be told.');
  const { methods } = usesOf(declaration, file);
  const steps = stepsOf(declaration.getInitializer() ?? node, file) ?? [];
  const none = firstVariables(steps)?.length === 0;
  const given = none || input === undefined ? '' : inputText(input, file);
  return methods.has('invoke') && methods.has('stream')
    ? `${value.getText()}.${method}(${given})`
    : `${value.getText()}(${given})`;
}

/** `prompt.pipe(model).invoke(x)` in one expression. */
export function inlineText(node: CallExpression, file: Rewriting): Written | undefined {
  const { receiver, method } = methodCall(node) ?? {};
  const [input, options] = node.getArguments();
  if (receiver === undefined || options !== undefined) {
    file.cannot(node, 'Options of a call of a chain have no counterpart by rule: give them to the model.');
    return undefined;
  }
  const steps = stepsOf(receiver, file);
  if (steps === undefined) {
    file.cannot(node, 'A step of the chain has no counterpart.', 'pipe');
    return undefined;
  }
  const none = firstVariables(steps)?.length === 0;
  const lines: string[] = [];
  const written = expression(
    steps,
    none || input === undefined ? '' : inputText(input, file),
    method === 'stream',
    node,
    file,
    lines,
  );
  if (written === undefined || lines.length === 0) return written;
  file.cannot(
    node,
    'A chain of several steps is made where it is called. Give it a statement of its own.',
    'pipe',
  );
  return undefined;
}

/** `await` before an expression that has its own. */
export function awaitedChain(value: Node, file: Rewriting): string | undefined {
  if (!Node.isCallExpression(value)) return undefined;
  const called = methodCall(value);
  if (called === undefined || !['invoke', 'stream'].includes(called.method)) return undefined;
  const receiver = plain(called.receiver);
  if (Node.isIdentifier(receiver) || file.kindOf(receiver) !== 'chain') return undefined;
  const written = inlineText(value, file);
  if (written === undefined) return value.getParentOrThrow().getText();
  return written.isPromise ? `await ${written.text}` : written.text;
}

const callKind =
  (isStream: boolean) =>
  (node: CallExpression, file: Rewriting): Kind | undefined => {
    const receiver = plain(methodCall(node)?.receiver ?? node);
    const made = Node.isIdentifier(receiver) ? constantOf(receiver) : receiver;
    const steps = made === undefined ? undefined : stepsOf(made, file);
    return steps === undefined ? undefined : resultKind(steps, isStream);
  };

/** `pipe` makes a chain of whatever has it, where all steps are known. */
export const PIPE: NonNullable<KindRules['methods']> = {
  pipe: {
    kind: (node, file) => (stepsOf(node, file) === undefined ? undefined : 'chain'),
    rule: (node, file) =>
      file.cannot(
        node,
        stepsOf(node, file) === undefined
          ? 'A step of the chain has no counterpart.'
          : 'A chain is made inside of another expression. Give it a statement of its own.',
        'pipe',
      ),
  },
};

export const CHAIN_KINDS: Readonly<Record<string, KindRules>> = {
  chain: {
    methods: {
      ...PIPE,
      invoke: { kind: callKind(false), rule: callText },
      stream: { kind: callKind(true), rule: callText },
    },
  },
};

const asStatement = (owner: string): NonNullable<NameRules['statics']>[string] => ({
  kind: (node, file) => (stepsOf(node, file) === undefined ? undefined : 'chain'),
  rule: (node, file) =>
    file.cannot(node, 'A step of it has no counterpart by rule: it is a function here.', owner),
});

export const CHAINS: Readonly<Record<string, NameRules>> = {
  RunnableMap: { statics: { from: asStatement('RunnableMap') } },
  RunnablePassthrough: { statics: { assign: asStatement('RunnablePassthrough') } },
  RunnableSequence: {
    statics: {
      from: {
        kind: (node, file) => (stepsOf(node, file) === undefined ? undefined : 'chain'),
        rule: (node, file) =>
          file.cannot(
            node,
            stepsOf(node, file) === undefined
              ? 'A step of the sequence has no counterpart by rule: it is a function here.'
              : 'A sequence is made inside of another expression. Give it a statement of its own.',
            'RunnableSequence',
          ),
      },
    },
  },
};
