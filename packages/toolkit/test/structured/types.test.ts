import { structured, structuredStream } from '@mortise/toolkit/structured';
import type { LLM } from '@mortise/core/llm';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const City = z.object({
  name: z.string(),
  founded: z.string().transform(Number),
  mayors: z.array(z.object({ name: z.string() })),
});
type City = z.output<typeof City>;

/** Compiled, never called. */
async function mistakes(llm: LLM): Promise<void> {
  const { value, mode } = await structured(llm, City, 'Where?');
  expectTypeOf(value).toEqualTypeOf<City>();
  expectTypeOf(mode).toEqualTypeOf<'native' | 'tool' | 'prompt'>();
  // @ts-expect-error the output is a number
  const founded: string = value.founded;
  // @ts-expect-error no such member
  const nothing: unknown = value.population;
  const stream = structuredStream(llm, City, 'Where?');
  for await (const part of stream) {
    // The stream shows the input of the schema, as far as it came.
    expectTypeOf(part.founded).toEqualTypeOf<string | undefined>();
    // @ts-expect-error the name may not have arrived
    part.name.toUpperCase();
    // @ts-expect-error nor that of the first mayor
    part.mayors?.[0]?.name.toUpperCase();
    // @ts-expect-error a part is no whole
    const whole: City = part;
    void whole;
  }
  expectTypeOf((await stream.final()).value).toEqualTypeOf<City>();
  // @ts-expect-error no such mode
  await structured(llm, City, 'Where?', { mode: 'json' });
  void [founded, nothing];
}

describe('types', () => {
  it('P-05: a wrong result, a member that is none, and a part read as a whole do not compile', () => {
    expectTypeOf(mistakes).toBeFunction();
  });
});
