import { Node } from 'ts-morph';
import type { Kind, Rewriting } from '../engine/contract.ts';
import { objectText } from '../engine/syntax.ts';
import { missingMembers } from './chain-inputs.ts';
import { isNodeStep, memberStep, type MapStep, type Step } from './steps.ts';

/** What a chain gives in the end. */
export function resultKind(steps: readonly Step[], isStream: boolean): Kind | undefined {
  const last = steps.at(-1);
  if (last?.does === 'chat model') return isStream ? 'ai stream' : 'ai message';
  if (last?.does === 'text' || last?.does === 'text model') return isStream ? 'text stream' : 'text';
  if (last?.does === 'document retriever' && !isStream) return 'document[]';
  return undefined;
}

/** The text of an expression. */
export interface Written {
  readonly text: string;
  /** It is a promise still. */
  readonly isPromise: boolean;
}

/** The steps as one expression over a text for what comes in. Undefined, and listed, where a step has no counterpart. */
export function expression(
  steps: readonly Step[],
  input: string,
  isStream: boolean,
  node: Node,
  file: Rewriting,
  lines: string[],
): Written | undefined {
  let current: Written = { text: input, isPromise: false };
  let isReply = false;
  const value = (): string => (current.isPromise ? `(await ${current.text})` : current.text);
  for (const [index, step] of steps.entries()) {
    const isLast = steps.slice(index + 1).every(({ does }) => does === 'text' || does === 'bytes');
    const text = isReply ? `${value()}.text` : value();
    if (step.does === 'call' || step.does === 'calls') {
      if (isStream || !isReply) {
        file.cannot(node, 'Arguments of calls are read of a whole reply alone.', 'pipe');
        return undefined;
      }
      const read =
        step.does === 'call'
          ? 'toolCalls[0]?.arguments'
          : 'toolCalls.map((call) => ({ type: call.name, args: call.arguments }))';
      current = { text: `${value()}.${read}`, isPromise: false };
      isReply = false;
      continue;
    }
    if (step.does === 'bytes') {
      if (!isStream) {
        current = { text: `new TextEncoder().encode(${text})`, isPromise: false };
        isReply = false;
        continue;
      }
      return {
        text: `${bytesOf(file)}(${current.text}${current.text.endsWith('.textStream') ? '' : '.textStream'})`,
        isPromise: false,
      };
    }
    if (step.does === 'text') {
      if (isStream) return { text: `${current.text}.textStream`, isPromise: false };
      current = { text, isPromise: false };
      isReply = false;
      continue;
    }
    if (step.does === 'document retriever' && !isStream) {
      current = {
        text: `(await ${file.render(step.node)}.retrieve(${text})).map(({ node }) => node)`,
        isPromise: false,
      };
      isReply = false;
      continue;
    }
    if (step.does === 'map') {
      const written = mapText(step, text, node, file);
      if (written === undefined) return undefined;
      const name = file.freshName('values');
      lines.push(`const ${name} = ${written};`);
      current = { text: name, isPromise: false };
      isReply = false;
      continue;
    }
    if (!isNodeStep(step)) return undefined;
    const made = step.name ?? file.render(step.node);
    if (step.does === 'prompt' || step.does === 'chat prompt') {
      current = { text: `${made}.format(${input === '' ? '' : text})`, isPromise: false };
    } else if (step.does === 'chat model' || step.does === 'text model') {
      if (isStream && isLast) {
        const stream = `${made}.streamChat(${text})`;
        if (step.does === 'text model') return { text: `${stream}.textStream`, isPromise: false };
        current = { text: stream, isPromise: false };
        continue;
      }
      current = { text: `${made}.chat(${text})`, isPromise: true };
      isReply = true;
    } else if (isStream) {
      file.cannot(
        node,
        'Only the text of a model is streamed; structuredStream() and parser.stream() show values while they are written.',
      );
      return undefined;
    } else if (step.does === 'structured model') {
      current = { text: `${made}.invoke(${text})`, isPromise: true };
      isReply = false;
    } else if (step.does === 'parser') {
      current = { text: `${made}.parse(${text})`, isPromise: true };
      isReply = false;
    } else if (step.does === 'chain') {
      current = { text: `${made}(${text})`, isPromise: true };
      isReply = false;
    } else {
      if (isReply) {
        file.cannot(node, 'What the function is given is a reply of ours: reply.text, reply.toolCalls.');
        return undefined;
      }
      const before = steps[index - 1];
      const missing =
        before?.does === 'map' && Node.isIdentifier(step.node)
          ? missingMembers(step.node, [...before.members.keys()])
          : [];
      if (missing.length > 0) {
        file.cannot(node, `The step before ${made} does not give ${missing.join(', ')}.`, 'RunnableSequence');
        return undefined;
      }
      current = functionCall(step.node, made, text);
    }
  }
  if (isReply && steps.at(-1)?.does === 'text model') return { text: `${value()}.text`, isPromise: false };
  return current;
}

/** Texts as a stream of their bytes, for a `Response`. */
function bytesOf(file: Rewriting): string {
  const type = file.typed ? ': ReadableStream<Uint8Array<ArrayBuffer>>' : '';
  file.declare(
    `
function bytesOf(texts${file.typed ? ': AsyncIterable<string>' : ''})${type} {
  const iterator = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}`.trim(),
  );
  return 'bytesOf';
}

function functionCall(node: Node, made: string, text: string): Written {
  if (Node.isIdentifier(node)) return { text: `${made}(${text})`, isPromise: true };
  const of = Node.isArrowFunction(node) || Node.isFunctionExpression(node) ? node : undefined;
  const takes = (of?.getParameters().length ?? 1) > 0;
  return { text: `(${made})(${takes ? text : ''})`, isPromise: of?.isAsync() !== false };
}

/** The members of a map as an object, each made of `input`. */
function mapText(step: MapStep, input: string, node: Node, file: Rewriting): string | undefined {
  const written: (readonly [string, string])[] = step.keeps ? [['...', input]] : [];
  for (const [name, value] of step.members) {
    const by = memberStep(value, file);
    if (by === 'same') {
      written.push([name, input]);
      continue;
    }
    if (by === undefined) return undefined;
    const inner: string[] = [];
    const made = expression(by, input, false, node, file, inner);
    if (made === undefined || inner.length > 0) return undefined;
    written.push([name, made.isPromise ? `await ${made.text}` : made.text]);
  }
  return objectText(written);
}
