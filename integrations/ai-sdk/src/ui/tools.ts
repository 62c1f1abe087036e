import type { JsonObject } from '@mortise/core';
import type { StandardSchema } from '@mortise/core/schema';

/**
 * What a page knows of tools, for `UIMessage` of `ai`: `UIToolsOf<typeof search | typeof pay>` types `input` and `output` of `tool-search` and
 * `tool-pay`. An input is what the schema takes from the model; an output is what `execute` returns, which `outputs: 'data'` sends as
 * data.
 */
export type UIToolsOf<T extends ToolShape> = {
  [Each in T as Each['name']]: { input: InputOf<Each>; output: Awaited<ReturnType<Each['execute']>> };
};

type InputOf<T> = T extends { readonly schema?: StandardSchema<infer Input, unknown> }
  ? unknown extends Input
    ? JsonObject
    : Input
  : JsonObject;

/** A tool of `@mortise/toolkit`, by its shape. */
interface ToolShape {
  readonly name: string;
  // A method, so that tools of any arguments are tools.
  execute(args: never, context: never): unknown;
}
