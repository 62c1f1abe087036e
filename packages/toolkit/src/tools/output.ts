import { MortiseError } from '@mortise/core';
import type { ToolCallBlock } from '@mortise/core/llm';
import { objectSchema, type Schema } from '@mortise/core/schema';
import type { JsonValue } from '@mortise/core/shared';
import { toJsonSchema } from '../schema/json-schema.ts';
import { toolArguments, type Tool } from './tool.ts';

/** The tool by which the model gives its answer. */
export interface OutputTool<T> {
  readonly tool: Tool;
  /** The answer that a call gives; undefined where it does not fit. */
  valueOf(call: ToolCallBlock): Promise<{ readonly value: T } | undefined>;
}

/** Throws `configuration` where the schema cannot be shown, or a tool has the name already. */
export function outputTool<T>(
  schema: Schema<unknown, T>,
  name: string,
  others: readonly Tool[],
): OutputTool<T> {
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
    async valueOf(call) {
      const read = await toolArguments(tool, call);
      return 'problem' in read ? undefined : { value: read.args as T };
    },
  };
}
