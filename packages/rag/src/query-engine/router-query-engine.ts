import { MortiseError, type LLM } from '@mortise/core';
import { isParserError } from '@mortise/core/parser';
import { jsonSchema } from '@mortise/toolkit/schema';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import { toQuery, type QueryInput } from '@mortise/core/retriever';
import type { QueryResponse, ResponseStream, ResponseStreamEvent } from '@mortise/core/synthesizer';
import { checkOptions, requireMembers, shown, wholeNumber } from '@mortise/core/shared';
import {
  engineEvents,
  streamedAnswer,
  wholeAnswer,
  withSteps,
  type AnswerCall,
  type AnswerSpec,
} from '../answer.ts';
import { checkedEngines, planned, type DescribedEngine, type Plan, type PlanningOptions } from './plan.ts';

export interface RouterQueryEngineOptions extends PlanningOptions {
  /**
   * The name of the engine to ask when the model's choice is none, after its repairs; the answer then has a warning.
   * Default: the query rejects with `parse` or `validation`.
   */
  fallback?: string | undefined;
}

/**
 * Asks the engine that a model selects by its description. The choice is checked: a number that was not shown is sent
 * back, and is never taken for a neighbour. A single engine is asked without a choice. The answer's metadata tell
 * `engine`, its name, and `reason`.
 */
export class RouterQueryEngine implements QueryEngine {
  readonly #llm: LLM;
  readonly #options: RouterQueryEngineOptions;
  readonly #engines: readonly DescribedEngine[];
  readonly #fallback: DescribedEngine | undefined;

  constructor(parts: { readonly llm: LLM }, given: RouterQueryEngineOptions) {
    const { llm } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    this.#llm = requireMembers(llm, ['chat'], 'llm', 'LLM');
    this.#options = options;
    this.#engines = checkedEngines(options.engines);
    const { fallback, maxRepairs = 1 } = options;
    wholeNumber('maxRepairs', maxRepairs, { least: 0 });
    this.#fallback = this.#engines.find(({ name }) => name === fallback);
    if (fallback !== undefined && this.#fallback === undefined) {
      const names = this.#engines.map(({ name }) => name).join(', ');
      throw new MortiseError(
        'configuration',
        `There is no engine ${shown(fallback)} to fall back to: ${names}.`,
      );
    }
  }

  query(input: QueryInput, options: QueryOptions = {}): Promise<QueryResponse> {
    return wholeAnswer(this.#plan(input, options));
  }

  streamQuery(input: QueryInput, options: QueryOptions = {}): ResponseStream {
    return streamedAnswer(this.#plan(input, options));
  }

  #plan(input: QueryInput, options: QueryOptions): AnswerSpec {
    return {
      name: 'query',
      attributes: () => ({ engines: this.#engines.length }),
      content: () => ({ query: input }),
      options,
      events: (call) => this.#events(input, options, call),
    };
  }

  async *#events(
    input: QueryInput,
    options: QueryOptions,
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    const { value, usages, warnings } = await this.#choose(toQuery(input).query, call);
    const { engine, name } = value.engine;
    const metadata = { engine: name, ...(value.reason === undefined ? {} : { reason: value.reason }) };
    yield* withSteps(engineEvents(engine, input, options, call), { usages, warnings, metadata });
  }

  async #choose(question: string, call: AnswerCall): Promise<Plan<Chosen>> {
    const [only] = this.#engines;
    if (only !== undefined && this.#engines.length === 1)
      return { value: { engine: only }, usages: [], warnings: [] };
    const plan = { task: TASK, question, schema: schemaFor(this.#engines.length), name: 'choice' };
    try {
      const { value, ...rest } = await planned(this.#llm, this.#options, plan, call);
      const { choice, reason } = value;
      const engine = this.#engines[choice - 1] as DescribedEngine;
      return { ...rest, value: { engine, ...(reason === undefined ? {} : { reason }) } };
    } catch (error) {
      if (this.#fallback === undefined || !isParserError(error)) throw error;
      const message = `The model chose no engine, so ${this.#fallback.name} was asked: ${error.message}`;
      return { value: { engine: this.#fallback }, usages: [], warnings: [{ type: 'other', message }] };
    }
  }
}

const TASK = 'You select the one engine of a numbered list that can best answer a question, by its number.';

interface Chosen {
  readonly engine: DescribedEngine;
  readonly reason?: string;
}

interface Choice {
  choice: number;
  reason?: string;
}

function schemaFor(count: number) {
  const raw = {
    type: 'object',
    properties: {
      choice: { type: 'integer', description: `The number of the engine, 1 to ${count}.` },
      reason: { type: 'string', description: 'Why, in a few words.' },
    },
    required: ['choice'],
    additionalProperties: false,
  };
  return jsonSchema<Choice>(raw, (value) => {
    const { choice, reason } = (value ?? {}) as { choice?: unknown; reason?: unknown };
    if (!Number.isInteger(choice) || (choice as number) < 1 || (choice as number) > count) {
      const message = `choice is ${JSON.stringify(choice)}: expected a whole number from 1 to ${count}`;
      return { issues: [{ message }] };
    }
    return { value: { choice: choice as number, ...(typeof reason === 'string' ? { reason } : {}) } };
  });
}
