import {
  firstTokenMs,
  flatten,
  spanEnd,
  tokensOf,
  type RunPoint,
  type RunSpan,
  type Tokens,
} from './runs.ts';

/** A call to a model, and what it took. */
export interface Step extends Tokens {
  readonly span: RunSpan;
  readonly firstTokenMs?: number;
  /** In the currency of the budget's prices. Absent where no budget told it. */
  readonly cost?: number;
}

/** A budget may tell of a call a moment before it has ended. */
const SLACK_MS = 50;

/** The calls to models in a tree that told of tokens, or that a budget told the cost of. */
export function stepsOf(root: RunSpan): Step[] {
  const costs = costsOf(root);
  return flatten(root)
    .filter(({ span }) => isCall(span))
    .map(({ span }): Step => {
      const first = firstTokenMs(span);
      const cost = costs.get(span);
      return {
        span,
        ...tokensOf({ ...span, children: [] }),
        ...(first === undefined ? {} : { firstTokenMs: first }),
        ...(cost === undefined ? {} : { cost }),
      };
    })
    .filter(({ inputTokens, outputTokens, cost }) => inputTokens + outputTokens > 0 || cost !== undefined);
}

function isCall({ name }: RunSpan): boolean {
  return /^(?:llm|embedding|reranker)\./.test(name);
}

/** A budget stands around a model and books in the span around its call: each cost is that of the last call of its model before it. */
function costsOf(root: RunSpan): Map<RunSpan, number> {
  const rows = flatten(root).map(({ span }) => span);
  const booked = rows
    .flatMap(({ points }) => points.filter(({ name }) => name === 'budget'))
    .toSorted((a, b) => a.time - b.time);
  const costs = new Map<RunSpan, number>();
  if (booked.length === 0) return costs;
  const calls = rows.filter(isCall).toSorted((a, b) => spanEnd(b, Infinity) - spanEnd(a, Infinity));
  for (const point of booked) {
    const call = calls.find((each) => isOf(point, each) && !costs.has(each));
    if (call !== undefined) costs.set(call, costIn(point));
  }
  return costs;
}

function isOf({ time, attributes: { model } }: RunPoint, span: RunSpan): boolean {
  const { startedAt, attributes } = span;
  if (startedAt > time || spanEnd(span, Infinity) > time + SLACK_MS) return false;
  return model === attributes['model'] || model === attributes['answeredBy'];
}

function costIn({ attributes: { cost } }: RunPoint): number {
  return typeof cost === 'number' ? cost : 0;
}
