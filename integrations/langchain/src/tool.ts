import { MortiseError } from '@mortise/core';
import type { ResultBlock, ToolContext } from '@mortise/core/llm';
import { isObject, reading, type JsonObject, type JsonSchema } from '@mortise/core/shared';
import { toJsonSchema } from '@mortise/toolkit/schema';
import { isStandardSchema } from '@mortise/core/schema';
import { tool, toolBlocks, type Tool } from '@mortise/toolkit/tools';
import { fromBlock } from './blocks.ts';
import type { LangChainTool } from './contract.ts';
import { objectsOf, type Members } from './values.ts';

/** How a tool of theirs is taken. */
export interface FromLangChainToolOptions {
  /** JSON Schema of the arguments, where the tool has a schema of zod 3, which cannot write it. */
  parameters?: JsonSchema | undefined;
}

/** A structured tool of theirs. It validates its arguments itself; a message with `status: 'error'` is thrown. */
export function fromTool(given: LangChainTool, options: FromLangChainToolOptions = {}): Tool<JsonObject> {
  return reading(
    'The tool',
    () => {
      const { name, description } = given;
      const parameters = options.parameters ?? parametersOf(given);
      const execute = async (args: JsonObject, { signal, toolCallId }: ToolContext): Promise<unknown> => {
        const call = { type: 'tool_call', id: toolCallId, name, args };
        return resultOf(await given.invoke(call as never, { signal } as never));
      };
      return tool({ name, description, parameters, execute });
    },
    'configuration',
  );
}

function parametersOf({ name, schema }: LangChainTool): JsonSchema {
  if (isStandardSchema(schema)) return toJsonSchema(schema as never);
  if (isObject(schema) && !('_def' in schema)) return schema;
  const message = `The schema of the tool ${name} cannot be written as JSON Schema. Use zod 4, or give fromLangChain \`parameters\`.`;
  throw new MortiseError('configuration', message);
}

/** What the model is shown: of a message its content, of anything else all of it. */
function resultOf(result: unknown): unknown {
  const { failed, value } = reading('The result of the tool', () => readResult(result));
  if (failed !== undefined) throw new Error(failed);
  return value;
}

function readResult(result: unknown): { failed?: string; value?: unknown } {
  if (!isObject(result) || result['tool_call_id'] === undefined || !('content' in result))
    return { value: result };
  const { content, status } = result as Members;
  if (status === 'error') return { failed: typeof content === 'string' ? content : JSON.stringify(content) };
  if (!Array.isArray(content)) return { value: content };
  return { value: toolBlocks(objectsOf(content).map(fromBlock) as ResultBlock[]) };
}
