import type { JsonSchema } from '@mortise/core';
import type { Schema } from '@mortise/core/schema';
import { isObject } from '@mortise/core/shared';
import { isParserError } from '@mortise/core/parser';
import { waitFor } from '../shared/helpers.ts';
import { lastOf, outcomeOf, shownOf, units, type ParserCase } from './lab.ts';

/** P-05: schemas of any library. */
export const schemaCases: readonly ParserCase[] = [
  {
    id: 'schema.shown',
    rule: 'P-05',
    title: "shows the model the schema's input, as JSON Schema of draft 2020-12",
    requires: ['schema', 'instructions'],
    async run({ subject, check }) {
      const { schema, asked } = city();
      const formatted = subject.schema!(schema).format?.('Where?') ?? '';
      check.ok(formatted.includes('"founded"'), 'the instructions do not name the members');
      check.ok(!formatted.includes('an output'), 'the instructions show the output of the schema');
      check.equal([...new Set(asked)], ['input draft-2020-12'], 'what the schema was asked for');
    },
  },
  {
    id: 'schema.output',
    rule: 'P-05',
    title: "gives the schema's output, after one validation that may take its time",
    requires: ['schema'],
    async run({ subject, check }) {
      const { schema, validated } = city();
      const parser = subject.schema!(schema);
      check.equal(await outcomeOf(() => parser.parse(TEXT)), { value: OUTPUT }, 'the value');
      check.equal(validated, [INPUT], 'what was validated');
    },
  },
  {
    id: 'schema.stream',
    rule: 'P-05',
    title: 'ends a stream with the output, which alone is validated',
    requires: ['schema', 'stream'],
    async run({ subject, check }) {
      const { schema, validated } = city();
      const parser = subject.schema!(schema);
      check.equal(await outcomeOf(() => lastOf(parser, units(TEXT))), { value: OUTPUT }, 'the last value');
      check.equal(validated, [INPUT], 'what was validated');
    },
  },
  {
    id: 'schema.untouched',
    rule: 'P-02',
    title: 'keeps what it has shown also from a validator that changes what it is given',
    requires: ['schema', 'stream', 'snapshots'],
    async run({ subject, check }) {
      const { schema } = city((value) => {
        if (isObject(value)) value['spoilt'] = true;
        return { value };
      });
      const shown = await shownOf(subject.schema!(schema), units(TEXT));
      const before = shown.slice(0, -1).filter((value) => isObject(value) && 'spoilt' in value);
      check.equal(before, [], 'values shown before the validation that it reached');
    },
  },
  {
    id: 'schema.issues',
    rule: 'P-05',
    title: 'says what the schema said, and where',
    requires: ['schema'],
    async run({ subject, check }) {
      const issues = [
        { message: 'no such place', path: ['city', { key: 0 }] },
        { message: 'too old', path: ['founded'] },
      ];
      const parser = subject.schema!(city(() => ({ issues })).schema);
      const error = await check.error(parser.parse(TEXT), 'validation', 'a value that does not fit');
      if (!isParserError(error)) return check.ok(false, 'the error has no `text`');
      check.equal(error.path, ['city', 0], 'the path');
      check.equal(
        error.issues,
        [
          { message: 'no such place', path: ['city', 0] },
          { message: 'too old', path: ['founded'] },
        ],
        'the issues',
      );
      for (const { message } of issues)
        check.ok(error.message.includes(message), `the message does not say: ${message}`);
    },
  },
  {
    id: 'schema.null',
    rule: 'P-05',
    title: 'drops null where it stands for an absent member, and nowhere else',
    requires: ['schema'],
    async run({ subject, check }) {
      const { schema, validated } = city();
      const parser = subject.schema!(schema);
      const text = JSON.stringify({ ...INPUT, mayor: null, river: null });
      await outcomeOf(() => parser.parse(text));
      check.equal(validated, [{ ...INPUT, river: null }], 'what was validated');
    },
  },
  {
    id: 'schema.throws',
    rule: 'P-03',
    title: 'takes what a validator throws for a value that does not fit',
    requires: ['schema'],
    async run({ subject, check }) {
      const { schema } = city(() => {
        throw new TypeError('cannot read this');
      });
      const error = await check.error(
        subject.schema!(schema).parse(TEXT),
        ['parse', 'validation'],
        'a validator that throws',
      );
      check.ok(isParserError(error), 'the error has no `text`');
    },
  },
  {
    id: 'schema.abort',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while a validator takes its time",
    requires: ['schema'],
    async run({ subject, check }) {
      const { schema, validated } = city(() => new Promise(() => undefined));
      const controller = new AbortController();
      const parsing = subject.schema!(schema).parse(TEXT, { signal: controller.signal });
      parsing.catch(() => undefined);
      check.ok(await waitFor(() => validated.length > 0, 1_000), 'nothing was validated');
      controller.abort('enough');
      const thrown = await check.within(1_000, check.rejects(parsing, 'the call'), 'the call');
      check.equal(thrown, 'enough', 'what it rejected with');
    },
  },
];

const INPUT = { city: 'Rome', founded: '-753' };
const TEXT = JSON.stringify(INPUT);
const OUTPUT = { city: 'Rome', founded: -753 };

const JSON_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    founded: { type: 'string' },
    mayor: { type: 'string' },
    river: { type: ['string', 'null'] },
  },
  required: ['city', 'founded'],
};

type Validate = Schema<unknown, unknown>['~standard']['validate'];

/** A schema of no library: what it was asked, and what it was given. */
function city(validate: Validate = later): {
  schema: Schema<unknown, unknown>;
  asked: string[];
  validated: unknown[];
} {
  const asked: string[] = [];
  const validated: unknown[] = [];
  const schema: Schema<unknown, unknown> = {
    '~standard': {
      version: 1,
      vendor: 'conformance',
      validate(value) {
        validated.push(structuredClone(value));
        return validate(value);
      },
      jsonSchema: {
        input: ({ target }) => (asked.push(`input ${target}`), JSON_SCHEMA),
        output: ({ target }) => (asked.push(`output ${target}`), { ...JSON_SCHEMA, title: 'an output' }),
      },
    },
  };
  return { schema, asked, validated };
}

const later: Validate = async (value) => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  if (!isObject(value)) return { issues: [{ message: 'no object' }] };
  return { value: { ...value, founded: Number(value['founded']) } };
};
