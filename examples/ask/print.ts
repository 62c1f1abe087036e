import type { Citation, QueryResponse, ResponseStream } from '@mortise/core/synthesizer';
import { placesOf, type Place } from './places.ts';

export interface Output {
  write(text: string): unknown;
}

/** Writes the answer as it comes, then the sources. */
export async function printAnswer(stream: ResponseStream, root: string, out: Output): Promise<QueryResponse> {
  for await (const text of stream.textStream) out.write(text);
  const response = await stream.final();
  out.write('\n');
  if (response.sources.length > 0) out.write(`\n${await sourceList(response, root)}`);
  return response;
}

/** The sources that the answer cites; all that it was written from where it cites none. */
async function sourceList(response: QueryResponse, root: string): Promise<string> {
  const places = await placesOf(
    root,
    response.sources.map(({ node }) => node),
  );
  const cited = new Set(response.citations.map(({ number }) => number));
  const lines = places.flatMap((place, at) => {
    return cited.size === 0 || cited.has(at + 1) ? [`  [${at + 1}] ${describePlace(place)}`] : [];
  });
  const problems = response.citations.flatMap((citation) => describeProblem(citation));
  return ['Sources', ...lines, ...problems, ''].join('\n');
}

function describePlace({ file, heading, start, end, firstLine, lastLine }: Place): string {
  const where = heading === '' ? file : `${file} — ${heading}`;
  if (start === undefined) return where;
  const lines = firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine}-${lastLine}`;
  return `${where} (${lines}, characters ${start}-${end})`;
}

/** A citation that does not hold is shown as one, and not left for the reader to find out. */
function describeProblem({ number, problem }: Citation): string[] {
  switch (problem) {
    case undefined:
      return [];
    case 'unknown-source':
      return [`  [${number}] names no source that was given.`];
    case 'misquote':
      return [`  [${number}] quotes words that stand in no source.`];
    case 'other-source':
      return [`  [${number}] quotes words of another source.`];
    default:
      return [`  [${number}] does not hold: ${problem}.`];
  }
}

/** The same as one JSON value: what a program reads. */
export async function jsonAnswer(
  question: string,
  response: QueryResponse,
  root: string,
  about: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { text, outcome, citations, usage, finishReason, warnings } = response;
  const places = await placesOf(
    root,
    response.sources.map(({ node }) => node),
  );
  const sources = response.sources.map(({ node, score, evidence }, at) => {
    return { number: at + 1, ...places[at], score, evidence, text: node.text };
  });
  const value = {
    question,
    answer: text,
    outcome,
    citations,
    sources,
    finishReason,
    usage,
    warnings,
    ...about,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
