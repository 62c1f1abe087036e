import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import { defined } from '@mortise/core/shared';
import type { Citation, ResponseStreamEvent } from '@mortise/core/synthesizer';
import type { ToolResultBlock } from '@mortise/core';
import type { Tool } from '@mortise/toolkit';
import {
  engineToolResult,
  type EngineToolResult,
  type EngineToolSource,
} from '../query-engine/engine-tool-result.ts';
import { CitationScanner } from '../synthesizer/citations.ts';

/** The text of a turn as it grows, over the sources that its tools have found so far. */
export class ToolSources {
  readonly #sources: NodeWithScore[] = [];
  readonly citations: Citation[] = [];
  readonly #scanner = new CitationScanner(this.#sources);
  #step: number | undefined;
  /** The last number that a result was given. */
  #numbered = 0;

  get text(): string {
    return this.#scanner.text;
  }

  get sources(): NodeWithScore[] {
    return [...this.#sources];
  }

  /** The tool, with the sources of what an engine gives numbered on from those of the calls before. */
  numbering(tool: Tool): Tool {
    return {
      ...tool,
      execute: async (args, context) => {
        const value: unknown = await tool.execute(args, context);
        const found = typeof value === 'string' ? engineToolResult({ content: value }) : undefined;
        // What comes too late is not shown to the model, and has no numbers.
        if (found === undefined || context.signal.aborted) return value;
        const numbered = renumbered(found, this.#numbered);
        this.#numbered += found.sources.length;
        return JSON.stringify(numbered);
      },
    };
  }

  /** Takes the sources of a result in; false where it has none. */
  take(block: ToolResultBlock): boolean {
    const found = engineToolResult(block)?.sources ?? [];
    for (const source of found) {
      this.#sources[source.number - 1] = nodeOf(source);
      this.#numbered = Math.max(this.#numbered, source.number);
    }
    return found.length > 0;
  }

  /** Text of the model. Replies are parted by an empty line. */
  *said(delta: string, step: number): Generator<ResponseStreamEvent> {
    if (delta === '') return;
    const isNext = this.#step !== undefined && this.#step !== step;
    this.#step = step;
    for (const part of isNext ? ['\n\n', delta] : [delta]) {
      yield { type: 'text-delta', delta: part };
      yield* this.#cited(this.#scanner.push(part));
    }
  }

  *end(): Generator<ResponseStreamEvent> {
    yield* this.#cited(this.#scanner.end());
  }

  *#cited(found: readonly Citation[]): Generator<ResponseStreamEvent> {
    for (const citation of found) {
      this.citations.push(citation);
      yield { type: 'citation', citation };
    }
  }
}

/** A tool's result says nothing of scores. */
function nodeOf({ nodeId: id, sourceId, text, metadata }: EngineToolSource): NodeWithScore {
  const relationships = sourceId === undefined ? undefined : { source: { id: sourceId } };
  return { node: createTextNode(defined({ id, text, metadata, relationships })), score: 0 };
}

/** The same with sources from `after + 1` on, in the answer too. A number whose source is not shown is left out of it. */
function renumbered(
  { answer, sources, citations, ...rest }: EngineToolResult,
  after: number,
): EngineToolResult {
  const numbers = new Map(sources.map(({ number }, at) => [number, after + at + 1]));
  const made: Citation[] = [];
  let text = '';
  let at = 0;
  for (const citation of citations) {
    const number = numbers.get(citation.number);
    // Numbers in one marker share its place.
    if (citation.start >= at) {
      text += answer.slice(at, citation.start);
      at = citation.end;
    }
    if (number === undefined) continue;
    const start = text.length;
    text += `[${number}]`;
    made.push({ ...citation, number, start, end: text.length });
  }
  return {
    answer: text + answer.slice(at),
    ...rest,
    sources: sources.map((source, place) => ({ ...source, number: after + place + 1 })),
    citations: made,
  };
}
