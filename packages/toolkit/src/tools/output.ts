import { MortiseError } from '@mortise/core';
import type { ChatOptions, LLM, ToolChoice } from '@mortise/core/llm';
import { objectSchema, type Schema } from '@mortise/core/schema';
import type { JsonValue } from '@mortise/core/shared';
import { toJsonSchema } from '../schema/json-schema.ts';
import { mayForce } from '../structured/structured-mode.ts';
import type { Call } from './run-state.ts';
import { toolArguments, type Tool } from './tool.ts';

/** The tool by which the model gives its answer. */
export interface OutputTool<T> {
  readonly tool: Tool;
  /** What a model is told that gave its answer in words. */
  readonly reminder: string;
  /** The answer can be given whatever else may be called; a model that was `reminded` is held to its tool. */
  choice(asked: ToolChoice | undefined, reminded: boolean): ToolChoice | undefined;
  /** The answer, where one of the calls gave it. */
  answerOf(calls: readonly Call[]): Promise<{ readonly value: T } | undefined>;
}

/** What the tool is made with. */
export interface OutputToolOptions<T> {
  readonly schema: Schema<unknown, T>;
  readonly name: string | undefined;
  readonly others: readonly Tool[];
  readonly llm: Pick<LLM, 'provider' | 'metadata'>;
  readonly options: Pick<ChatOptions, 'reasoning' | 'providerOptions'>;
}

/** Throws `configuration` where the schema cannot be shown, or a tool has the name already. */
export function outputTool<T>({
  schema,
  name = 'answer',
  others,
  llm,
  options,
}: OutputToolOptions<T>): OutputTool<T> {
  if (others.some((other) => other.name === name)) {
    const message = `A tool is named ${name}, as the one by which the model gives its answer. Set outputName to another name.`;
    throw new MortiseError('configuration', message);
  }
  const shown = objectSchema(toJsonSchema(schema));
  const { validate } = schema['~standard'];
  const tool: Tool = {
    name,
    description: 'Gives the final answer. Call it once, alone, when you know the whole answer.',
    parameters: shown.schema,
    schema: {
      '~standard': {
        version: 1,
        vendor: 'mortise',
        validate: (value) => validate(shown.unwrap(value as JsonValue)),
      },
    },
    execute: () => 'The answer was taken.',
  };
  return {
    tool,
    reminder: `Give the answer by calling ${name}, with the whole answer as its arguments.`,
    choice(asked, reminded) {
      if (reminded && mayForce(llm, options)) return { tool: name };
      if (typeof asked !== 'object' || !('tools' in asked) || asked.tools.includes(name)) return asked;
      return { ...asked, tools: [...asked.tools, name] };
    },
    async answerOf(calls) {
      const given = calls.find(({ block, result }) => block.name === name && result?.isError !== true);
      const read = given && (await toolArguments(tool, given.block));
      return read === undefined || 'problem' in read ? undefined : { value: read.args as T };
    },
  };
}
