/**
 * What a page knows of a tool, for `UIMessage` of `ai`: `{ search: UITool<typeof search> }` types the `input` and the `output` of
 * `tool-search`. The arguments are those of `execute`, so of a schema that transforms nothing; the output is what it returns, where
 * `outputs: 'data'` sends it as data.
 */
export interface UITool<T extends ToolShape> {
  input: Parameters<T['execute']>[0];
  output: Awaited<ReturnType<T['execute']>>;
}

/** A tool of `@mortise/toolkit`, by its shape. */
interface ToolShape {
  // A method, so that tools of any arguments are tools.
  execute(args: never, context: never): unknown;
}
