import {
  CombinedParser,
  EnumParser,
  JsonParser,
  ListParser,
  withRepair,
  XmlParser,
  xmlText,
} from '@mortise/toolkit';
import type { LLM } from '@mortise/core';

const review = new CombinedParser({
  mood: new EnumParser(['good', 'bad', 'mixed']),
  reasons: new ListParser(),
});

/** Two values from one reply; a reply that does not fit is mended by the model, at most once. */
export async function readReview(llm: LLM, text: string): Promise<{ mood: string; reasons: string[] }> {
  const parser = withRepair(review, llm, { maxAttempts: 1 });
  const { text: reply } = await llm.complete(parser.format!(`What does this review say?\n${text}`));
  return parser.parse(reply);
}

/** What a model writes for JSON, with a note of what it was not. */
export async function readLoosely(text: string): Promise<{ value: unknown; mended: string[] }> {
  const mended: string[] = [];
  const parser = new JsonParser({
    tolerant: true,
    onRepair: (repairs) => mended.push(...repairs.map(({ kind, position }) => `${kind} at ${position}`)),
  });
  return { value: await parser.parse(text), mended };
}

/** What stands between the tags of an answer, without those inside it. */
export async function readAnswer(text: string): Promise<string> {
  return xmlText(await new XmlParser({ root: 'answer' }).parse(text));
}
