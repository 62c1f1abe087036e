import { JsonParser, ListParser, SchemaParser } from '@mortise/toolkit/parsers';
import type { DeepPartial, OutputParser } from '@mortise/core/parser';
import type { JsonValue } from '@mortise/core';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

interface Person {
  name: string;
  age?: number;
}

describe('types', () => {
  it('P-05: a schema of each library gives its output', () => {
    const zod = new SchemaParser(z.object({ name: z.string(), age: z.number().optional() }));
    expectTypeOf(zod.parse).returns.resolves.toEqualTypeOf<{ name: string; age?: number | undefined }>();
    const valibot = new SchemaParser(
      toStandardJsonSchema(v.object({ name: v.string(), born: v.pipe(v.string(), v.transform(Number)) })),
    );
    expectTypeOf(valibot.parse).returns.resolves.toEqualTypeOf<{ name: string; born: number }>();
    const arktype = new SchemaParser(type({ name: 'string', 'age?': 'number' }));
    expectTypeOf(arktype.parse).returns.resolves.toEqualTypeOf<{ name: string; age?: number }>();
  });

  it('a partial value is not read as a whole one', () => {
    const parser = new SchemaParser(z.object({ name: z.string() }));
    async function read(): Promise<void> {
      for await (const value of parser.stream((async function* () {})())) {
        // @ts-expect-error name may not have arrived
        value.name.toUpperCase();
      }
    }
    expectTypeOf(read).toBeFunction();
  });

  it('parsers fit the contract, whatever they give', () => {
    expectTypeOf(new SchemaParser(z.object({ name: z.string() }))).toExtend<OutputParser<Person, unknown>>();
    expectTypeOf(new ListParser()).toExtend<OutputParser<string[], string[]>>();
    expectTypeOf(new JsonParser().parse).returns.resolves.toEqualTypeOf<JsonValue>();
    expectTypeOf(new ListParser()).toExtend<OutputParser<unknown, unknown>>();
    // @ts-expect-error a list is not a person
    const wrong: OutputParser<Person, unknown> = new ListParser();
    expectTypeOf(wrong).toBeObject();
  });

  it('DeepPartial goes into objects and lists, and stops at dates, maps and typed arrays', () => {
    interface Whole {
      at: Date;
      map: Map<string, Person>;
      vector: Float32Array;
      people: Person[];
      fixed: readonly Person[];
      pair: [Person, number];
      either: Person | string;
      any: any;
      unknown: unknown;
    }
    type Partly = DeepPartial<Person>;
    expectTypeOf<DeepPartial<Whole>>().toEqualTypeOf<{
      at?: Date;
      map?: Map<string, Person>;
      vector?: Float32Array;
      people?: Partly[];
      fixed?: readonly Partly[];
      pair?: [Partly?, number?];
      either?: Partly | string;
      any?: any;
      unknown?: unknown;
    }>();
  });
});
