import type { LLM, Usage, Warning } from '@mortise/core';
import { jsonSchema } from '@mortise/toolkit/schema';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import { toQuery, type QueryInput } from '@mortise/core/retriever';
import type { QueryResponse, ResponseStream, ResponseStreamEvent } from '@mortise/core/synthesizer';
import { checkOptions, requireMembers, wholeNumber } from '@mortise/core/shared';
import {
  stepOptions,
  streamedAnswer,
  totalUsage,
  wholeAnswer,
  withSteps,
  type AnswerCall,
  type AnswerSpec,
} from '../answer.ts';
import { mapPool } from '@mortise/core/call';
import { writerOf, type WritingOptions } from '../synthesizer/ask.ts';
import { assembled, notFoundEvents, NOT_FOUND_TEXT } from '../synthesizer/base.ts';
import { combineAnswers } from '../synthesizer/combine.ts';
import { COMBINE_PROMPT, type CombinePrompt } from '../synthesizer/prompt.ts';
import { checkedEngines, planned, type DescribedEngine, type PlanningOptions } from './plan.ts';
import { joinAnswers } from './sub-answers.ts';

export interface SubQuestionQueryEngineOptions extends PlanningOptions, WritingOptions {
  /** Sub-questions that are asked at most; further ones are left out with a warning. Default: 5. */
  maxQuestions?: number | undefined;
  /** Sub-questions that are asked at once. Default: 4. */
  concurrency?: number | undefined;
  /**
   * A sub-question that fails: `warn` answers from the others, with a warning, as long as one of them found something;
   * `throw` rejects with its error and cancels the others. Default: `warn`.
   */
  onFailure?: 'warn' | 'throw' | undefined;
  /** Asks for one answer out of those to the sub-questions. Default: `COMBINE_PROMPT`. */
  combinePrompt?: CombinePrompt | undefined;
  /** What is said when no sub-question found anything. Default: `The answer was not found in the documents.` */
  notFoundText?: string | undefined;
}

/**
 * Has a model write simpler questions, each for one of the engines, asks them at the same time, and makes one answer of
 * theirs. Its sources are those of all of them, each once; citations in their answers are renumbered to that list, and
 * those of the answer are checked against it. The metadata tell `subQuestions`, each with its engine and outcome.
 */
export class SubQuestionQueryEngine implements QueryEngine {
  readonly #llm: LLM;
  readonly #planner: LLM;
  readonly #options: SubQuestionQueryEngineOptions;
  readonly #engines: readonly DescribedEngine[];
  readonly #maxQuestions: number;
  readonly #concurrency: number;

  /** `planner` writes the sub-questions. Default: `llm`, which writes the answer. */
  constructor(
    parts: { readonly llm: LLM; readonly planner?: LLM | undefined },
    given: SubQuestionQueryEngineOptions,
  ) {
    const { llm, planner = llm } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    this.#llm = requireMembers(llm, ['chat'], 'llm', 'LLM');
    this.#planner = requireMembers(planner, ['chat'], 'planner', 'LLM');
    this.#options = options;
    this.#engines = checkedEngines(options.engines);
    this.#maxQuestions = wholeNumber('maxQuestions', options.maxQuestions ?? 5);
    wholeNumber('maxRepairs', options.maxRepairs ?? 1, { least: 0 });
    this.#concurrency = wholeNumber('concurrency', options.concurrency ?? 4);
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
    const question = toQuery(input).query;
    const { questions, usages, warnings } = await this.#questions(question, call);
    const outcomes = await this.#ask(questions, options, call);
    const answered = outcomes.filter(isAnswered);
    const failed = outcomes.filter(({ error }) => error !== undefined);
    // Where nothing else was found, a failure is all there is to tell.
    if (answered.length === 0 && failed[0] !== undefined) throw failed[0].error;

    const { sources, answers, dropped } = joinAnswers(answered);
    const steps = {
      usages: [...usages, ...outcomes.flatMap(usageOf)],
      warnings: [...warnings, ...outcomes.flatMap(warningsOf), ...droppedWarnings(dropped)],
      metadata: { subQuestions: outcomes.map(described) },
    };
    if (answered.length === 0) {
      yield* withSteps(notFoundEvents(this.#options.notFoundText ?? NOT_FOUND_TEXT), steps);
      return;
    }
    const { combinePrompt: prompt = COMBINE_PROMPT } = this.#options;
    const combining = { writer: writerOf(this.#llm, this.#options), prompt, fanIn: Infinity };
    const written = combineAnswers({ ...combining, concurrency: this.#concurrency }, question, answers, call);
    yield* withSteps(assembled(written, sources), steps);
  }

  async #questions(
    question: string,
    call: AnswerCall,
  ): Promise<{ questions: readonly SubQuestion[]; usages: readonly Usage[]; warnings: readonly Warning[] }> {
    const task = `You split a question into simpler ones, ${this.#maxQuestions} at most, that together answer it, each for one engine of a numbered list. A question that is simple already stays as it is. Each must be understood by itself.`;
    const schema = schemaFor(this.#engines);
    const { value, usages, warnings } = await planned(
      this.#planner,
      this.#options,
      { task, question, schema, name: 'questions' },
      call,
    );
    const questions = value.questions.slice(0, this.#maxQuestions);
    const remaining = value.questions.length - questions.length;
    const message = `${remaining} of ${value.questions.length} sub-questions were left out, as maxQuestions is ${this.#maxQuestions}.`;
    return {
      questions,
      usages,
      warnings: remaining === 0 ? warnings : [...warnings, { type: 'other', message }],
    };
  }

  #ask(questions: readonly SubQuestion[], options: QueryOptions, call: AnswerCall): Promise<Outcome[]> {
    const { signal } = call;
    return mapPool(
      questions,
      { concurrency: this.#concurrency, signal },
      async ({ question, engine }, own) => {
        const { name, engine: asked } = this.#engines[engine - 1] as DescribedEngine;
        const about = { question, engine: name };
        try {
          const response = await asked.query(question, { ...options, ...stepOptions(call), signal: own });
          return { ...about, response };
        } catch (error) {
          own.throwIfAborted();
          if (this.#options.onFailure === 'throw') throw error;
          return { ...about, error: error as Error };
        }
      },
    );
  }
}

/** What came of one sub-question. */
interface Outcome {
  readonly question: string;
  /** Its name. */
  readonly engine: string;
  readonly response?: QueryResponse;
  readonly error?: Error;
}

function isAnswered(outcome: Outcome): outcome is Outcome & { readonly response: QueryResponse } {
  return outcome.response !== undefined && outcome.response.outcome !== 'no-nodes';
}

function described({ question, engine, response }: Outcome): {
  question: string;
  engine: string;
  outcome: string;
} {
  return { question, engine, outcome: response?.outcome ?? 'failed' };
}

function usageOf({ response }: Outcome): Usage[] {
  const usage = totalUsage(response?.usage === undefined ? [] : [response.usage]);
  return usage === undefined ? [] : [usage];
}

function warningsOf({ question, engine, response, error }: Outcome): Warning[] {
  if (error === undefined) return [...(response?.warnings ?? [])];
  const message = `The sub-question "${question}" to ${engine} failed, and the answer lacks what it would have told: ${error.message}`;
  return [{ type: 'other', message }];
}

function droppedWarnings(dropped: number): Warning[] {
  const message = `${dropped} citations in answers to sub-questions name no source, and were left out.`;
  return dropped === 0 ? [] : [{ type: 'other', message }];
}

interface SubQuestion {
  question: string;
  /** From 1. */
  engine: number;
}

interface SubQuestions {
  questions: SubQuestion[];
}

function schemaFor(engines: readonly DescribedEngine[]) {
  const item = {
    type: 'object',
    properties: {
      question: { type: 'string' },
      engine: { type: 'integer', description: `The number of the engine, 1 to ${engines.length}.` },
    },
    required: ['question', 'engine'],
    additionalProperties: false,
  };
  const raw = {
    type: 'object',
    properties: { questions: { type: 'array', items: item } },
    required: ['questions'],
    additionalProperties: false,
  };
  return jsonSchema<SubQuestions>(raw, (value) => {
    const message = problemWith(value, engines.length);
    return message === undefined ? { value: value as SubQuestions } : { issues: [{ message }] };
  });
}

/** What a model has to be told, if anything. */
function problemWith(value: unknown, count: number): string | undefined {
  const { questions } = (value ?? {}) as { questions?: unknown };
  if (!Array.isArray(questions) || questions.length === 0) return 'expected at least one question';
  for (const each of questions as unknown[]) {
    const { question, engine } = (each ?? {}) as { question?: unknown; engine?: unknown };
    if (typeof question !== 'string' || question.trim() === '') return 'a question has no text';
    if (!Number.isInteger(engine) || (engine as number) < 1 || (engine as number) > count)
      return `there is no engine ${JSON.stringify(engine)}: expected a whole number from 1 to ${count}`;
  }
  return undefined;
}
