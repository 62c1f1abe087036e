import { ValueType, type Attributes, type Histogram, type Meter } from '@opentelemetry/api';
import type { Usage } from '@mortise/core';
import type { Attributes as EventAttributes, MortiseEvent } from '@mortise/core/events';
import { errorType, operationOf, servedError, whom, type EndEvent } from './describe.ts';
import * as names from './names.ts';
import { listOf, numberOf, recordOf, wordOf } from './read.ts';

/** What a call cost, or undefined where that is not known: `(call) => costOf(call, prices)` with `costOf` of the toolkit. */
export type CostOf = (call: {
  readonly usage: Usage;
  readonly provider: string;
  /** The one that answered. */
  readonly model: string;
}) => number | undefined;

/** Everything that is counted. */
export interface Measures {
  ended(event: EndEvent, cost: number | undefined): void;
  cache(event: MortiseEvent): void;
}

/** Undefined where nothing is recorded: a meter without an SDK has one histogram for all names. */
export function measures(meter: Meter, latest: boolean): Measures | undefined {
  const seconds = (name: string, description: string): Histogram =>
    meter.createHistogram(name, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: names.SECONDS },
    });
  const duration = seconds(names.METRIC_DURATION, 'Duration of an operation.');
  const firstChunk = seconds(names.METRIC_FIRST_CHUNK, 'Time until the first content of a stream.');
  const outputChunk = seconds(names.METRIC_OUTPUT_CHUNK, 'Time from one piece of a stream to the next.');
  const asked = seconds(names.METRIC_MCP_DURATION, 'Duration of a request to an MCP server.');
  const served = seconds(names.METRIC_MCP_SERVED, 'Duration of a request that is served over MCP.');
  const tokens = meter.createHistogram(names.METRIC_TOKENS, {
    unit: '{token}',
    description: 'Tokens of an operation, in and out.',
    valueType: ValueType.INT,
    advice: { explicitBucketBoundaries: names.TOKENS },
  });
  if (tokens === duration) return undefined;
  const lookups = meter.createCounter('mortise.cache.lookups', {
    unit: '{lookup}',
    description: 'Replies and vectors that were looked up in a cache.',
    valueType: ValueType.INT,
  });
  const costs = meter.createHistogram('mortise.client.cost', {
    unit: '{cost}',
    description: 'What a call cost, by the prices that the application gives.',
  });
  const workflow = latest ? seconds(names.METRIC_WORKFLOW_DURATION, 'Duration of a workflow.') : undefined;
  const unreleased: Readonly<Record<string, Histogram | undefined>> = latest
    ? {
        'tool.execute': seconds(names.METRIC_TOOL_DURATION, 'Duration of an execution of a tool.'),
        'run-tools': seconds(names.METRIC_AGENT_DURATION, 'Duration of an invocation of an agent.'),
        query: workflow,
        chat: workflow,
      }
    : {};

  return {
    ended(event, cost) {
      const { name, attributes: said, durationMs } = event;
      const failed =
        event.phase === 'error' && said['left'] !== true
          ? { [names.ERROR_TYPE]: errorType(event.error) }
          : servedError(event);
      if (name === 'mcp.call' || name === 'mcp.serve') {
        const method = { [names.MCP_METHOD]: wordOf(said['method']) };
        const tool = wordOf(said['tool']);
        (name === 'mcp.call' ? asked : served).record(durationMs / 1000, {
          ...method,
          ...(tool === undefined ? {} : { [names.TOOL_NAME]: tool }),
          ...failed,
        });
      }
      const operation = operationOf(name);
      if (operation === undefined) return;
      const about = aboutMetric(operation, said);
      duration.record(durationMs / 1000, failed === undefined ? about : { ...about, ...failed });
      unreleased[name]?.record(durationMs / 1000, { ...target(name, said), ...failed });
      const firstTokenMs = numberOf(said['firstTokenMs']);
      if (firstTokenMs !== undefined) firstChunk.record(firstTokenMs / 1000, about);
      for (const gap of listOf(said['pieceMs'])) outputChunk.record(Number(gap) / 1000, about);
      // What an agent or a workflow used is counted with the calls inside.
      if (about[names.PROVIDER] === undefined || name === 'run-tools') return;
      const usage = recordOf(said['usage']);
      const input = numberOf(usage['inputTokens']) ?? numberOf(said['inputTokens']);
      const output = numberOf(usage['outputTokens']);
      if (input !== undefined) tokens.record(input, { ...about, [names.TOKEN_TYPE]: 'input' });
      if (output !== undefined) tokens.record(output, { ...about, [names.TOKEN_TYPE]: 'output' });
      if (cost !== undefined) costs.record(cost, about);
    },
    cache({ attributes: said }) {
      const about = whom({}, said);
      for (const [result, count] of [
        ['hit', numberOf(said['hits'])],
        ['miss', numberOf(said['misses'])],
      ] as const)
        if (count !== undefined && count > 0)
          lookups.add(count, { ...about, 'mortise.cache.result': result });
    },
  };
}

/** What metrics tell calls apart by: few values each, so neither ids nor numbers. */
export function aboutMetric(operation: string, said: EventAttributes): Attributes {
  const about = whom({ [names.OPERATION]: operation }, said);
  const answeredBy = wordOf(said['answeredBy']);
  if (answeredBy !== undefined) about[names.RESPONSE_MODEL] = answeredBy;
  return about;
}

function target(name: string, said: EventAttributes): Attributes {
  if (name === 'query' || name === 'chat') return { [names.WORKFLOW_NAME]: name };
  const of = wordOf(name === 'tool.execute' ? said['tool'] : said['agent']);
  if (of === undefined) return {};
  return { [name === 'tool.execute' ? names.TOOL_NAME : names.AGENT_NAME]: of };
}
