import {
  compareRuns,
  flatten,
  readRecording,
  recordingOf,
  runsOf,
  totalsOf,
  type RecordingLine,
  type Run,
  type RunSpan,
} from '@mortise/inspector';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

interface Tree {
  readonly name: string;
  readonly ms: number;
  readonly model: string;
  readonly fails: boolean;
  readonly isRunning: boolean;
  readonly children: readonly Tree[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: fc.constantFrom('query', 'llm.chat', 'tool.execute', 'retriever.retrieve'),
    ms: fc.nat(100),
    model: fc.constantFrom('oak', 'pine'),
    fails: fc.boolean(),
    isRunning: fc.boolean(),
    children: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('tree'), { maxLength: 5 }),
    ),
  }),
}));

function runOf(root: Tree, session = 's'): Run {
  const lines: RecordingLine[] = [
    { format: 'mortise-runs', version: 1, session, startedAt: 0, content: true },
  ];
  let next = 0;
  const add = ({ name, ms, model, fails, isRunning, children }: Tree, parentId: string | undefined): void => {
    const spanId = `m${(++next).toString(36)}`;
    const base = { name, spanId, ...(parentId === undefined ? {} : { parentId }) };
    const time = next * 10;
    lines.push({
      ...base,
      phase: 'start',
      time,
      attributes: { model },
      content: { query: `${model} ${ms % 3}` },
    });
    if (ms % 2 === 0)
      lines.push({ phase: 'point', name: 'retry', spanId, time: time + 1, attributes: { delayMs: 3 } });
    for (const child of children) add(child, spanId);
    const end = {
      ...base,
      time: time + ms,
      durationMs: ms,
      attributes: { model, usage: { inputTokens: ms } },
    };
    if (isRunning) return;
    lines.push(
      fails
        ? { ...end, phase: 'error', error: { name: 'MortiseError', code: 'server' } }
        : { ...end, phase: 'end' },
    );
  };
  add(root, undefined);
  return runsOf(lines)[0]!;
}

const shape = (root: RunSpan) =>
  flatten(root).map(({ depth, span: { children, ...span } }) => ({
    depth,
    ...rest(span),
    children: children.length,
  }));

function rest({
  key,
  name,
  startedAt,
  durationMs,
  status,
  attributes,
  content,
  error,
  points,
}: Omit<RunSpan, 'children'>) {
  return { key, name, startedAt, durationMs, status, attributes, content, error, points };
}

describe('two runs beside each other', () => {
  test('hold every span of both, once, in its order', () => {
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        const [left, right] = [runOf(one), runOf(other)];
        const pairs = compareRuns(left.root, right.root);
        expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual(flatten(left.root).map(({ span }) => span));
        expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual(
          flatten(right.root).map(({ span }) => span),
        );
        // What stands beside each other is of one name, but for the roots, which are the runs.
        for (const { left: a, right: b } of pairs.slice(1)) if (a && b) expect(a.name).toBe(b.name);
      }),
    );
  });

  test('differ in nothing where they are the same', () => {
    fc.assert(
      fc.property(tree, (one) => {
        for (const { left, right, differences } of compareRuns(runOf(one, 'a').root, runOf(one, 'b').root)) {
          expect(left).toBeDefined();
          expect(right).toBeDefined();
          expect(differences).toEqual([]);
        }
      }),
    );
  });

  test('say what differs, the other way round the other way round', () => {
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        const [left, right] = [runOf(one).root, runOf(other).root];
        const [there] = compareRuns(left, right);
        const [back] = compareRuns(right, left);
        const turned = back!.differences.map(({ left: a, right: b, ...same }) => ({
          ...same,
          ...(b !== undefined && { left: b }),
          ...(a !== undefined && { right: a }),
        }));
        const byPath = (a: { path: string }, b: { path: string }): number => a.path.localeCompare(b.path);
        expect(turned.toSorted(byPath)).toEqual([...there!.differences].toSorted(byPath));
        const models = there!.differences.filter(({ path }) => path === 'model');
        expect(models).toEqual(
          one.model === other.model
            ? []
            : [{ path: 'model', part: 'attributes', left: one.model, right: other.model }],
        );
      }),
    );
  });

  test('of many thousand children are compared in no time', () => {
    const child: Tree = {
      name: 'llm.chat',
      ms: 1,
      model: 'oak',
      fails: false,
      isRunning: false,
      children: [],
    };
    const many: Tree = { ...child, name: 'query', children: Array.from({ length: 5_000 }, () => child) };
    const began = performance.now();
    expect(compareRuns(runOf(many).root, runOf(many).root)).toHaveLength(5_001);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('an exported run', () => {
  test('is the same when it is read again', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const run = runOf(one);
        const text = recordingOf(run)
          .map((line) => JSON.stringify(line))
          .join('\n');
        const { lines, unreadable } = readRecording(text);
        expect(unreadable).toBe(0);
        const [again, ...others] = runsOf(lines);
        expect(others).toEqual([]);
        expect(shape(again!.root)).toEqual(shape(run.root));
        expect(totalsOf(again!.root)).toEqual(totalsOf(run.root));
        // As JSON in one piece too.
        expect(readRecording(JSON.stringify(recordingOf(run))).lines).toEqual(lines);
      }),
    );
  });
});
