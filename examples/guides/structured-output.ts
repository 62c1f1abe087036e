import { structuredStream } from '@mortise/toolkit';
import type { LLM } from '@mortise/core';
import { z } from 'zod';

const Recipe = z.object({
  title: z.string(),
  minutes: z.number().int().min(1),
  steps: z.array(z.string()).min(1),
});

/** Shows the steps while they are written; gives the recipe when it is whole and fits. */
export async function writeRecipe(
  llm: LLM,
  dish: string,
  show: (steps: readonly string[]) => void,
): Promise<string> {
  const stream = structuredStream(llm, Recipe, `How do I make ${dish}?`, { maxRepairs: 2 });
  for await (const recipe of stream) show(recipe.steps ?? []);
  const { value, mode, repairs } = await stream.final();
  return `${value.title}, ${value.minutes} minutes (${mode}, ${repairs} repairs)`;
}
