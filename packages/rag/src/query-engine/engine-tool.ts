import { jsonSchema, tool, type Tool, type ToolOptions } from '@mortise/toolkit';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { StandardResult } from '@mortise/core/schema';
import {
  checkOptions,
  isObject,
  reading,
  requireMembers,
  wholeNumber,
  type JsonSchema,
} from '@mortise/core/shared';
import { toToolResult, type EngineToolBounds } from './engine-tool-result.ts';

/** What a model is told of an engine, and how much of an answer it is shown. */
export interface EngineToolOptions
  extends
    Pick<ToolOptions<unknown, { question: string }, unknown>, 'maxCalls' | 'needsApproval'>,
    Pick<QueryOptions, 'topK' | 'filters'> {
  /** As a tool's: letters, digits, `_` and `-`, at most 64. */
  name: string;
  /** What the engine can answer, for the model that asks. */
  description: string;
  /** Sources that the model is shown: those that the answer cites, then the best of the others. Default: 10. */
  maxSources?: number | undefined;
  /** UTF-16 units of the text of each, and of what its metadata are as JSON. Default: 1,000. */
  maxSourceLength?: number | undefined;
  /** UTF-16 units of the answer; the end of a longer one is left out, and the model is told so. Default: 20,000. */
  maxAnswerLength?: number | undefined;
  /** Milliseconds for one question. Default: the run's `toolTimeoutMs`. */
  timeoutMs?: number | undefined;
}

/**
 * A query engine as a tool of `runTools` and `streamTools`. The model gives a `question`, and is given an `EngineToolResult` as
 * JSON: the answer, its sources and its checked citations. Where nothing is found the answer says so. What the engine cost is
 * added to the run's usage, and an abort of the run ends it. `engineToolResult` reads the result for a page.
 *
 * ```ts
 * const manual = engineTool(engine, { name: 'manual', description: 'Answers questions about the machine.' });
 * const { text } = await runTools(llm, 'Why does it hum?', { tools: [manual] });
 * ```
 */
export function engineTool(
  engine: QueryEngine,
  given: EngineToolOptions,
): Tool<{ question: string }, string> {
  const options = checkOptions(given, 'configuration');
  const { name, description, topK, filters, timeoutMs, maxCalls, needsApproval } = options;
  requireMembers(engine, ['query'], 'engine', 'QueryEngine');
  if (topK !== undefined) wholeNumber('topK', topK);
  const bounds = boundsOf(options);
  return tool({
    ...{ name, description, timeoutMs, maxCalls, needsApproval },
    parameters: jsonSchema(QUESTION, asked),
    async execute({ question }, { signal, parent, addUsage }) {
      const response = await engine.query(question, { signal, parent, topK, filters });
      if (response.usage !== undefined) addUsage(response.usage);
      return reading('The answer', () => JSON.stringify(toToolResult(response, bounds)), 'validation');
    },
  });
}

function asked(value: unknown): StandardResult<{ question: string }> {
  const question = isObject(value) ? value['question'] : undefined;
  if (typeof question === 'string' && question.trim() !== '') return { value: { question } };
  return { issues: [{ message: 'Expected a text', path: ['question'] }] };
}

const QUESTION: JsonSchema = {
  type: 'object',
  properties: {
    question: { type: 'string', description: 'A question that can be understood by itself.' },
  },
  required: ['question'],
  additionalProperties: false,
};

function boundsOf({
  maxSources = 10,
  maxSourceLength = 1_000,
  maxAnswerLength = 20_000,
}: EngineToolOptions): EngineToolBounds {
  return {
    maxSources: wholeNumber('maxSources', maxSources, { least: 0 }),
    maxSourceLength: wholeNumber('maxSourceLength', maxSourceLength),
    maxAnswerLength: wholeNumber('maxAnswerLength', maxAnswerLength),
  };
}
