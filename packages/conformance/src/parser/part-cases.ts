import type { OutputParser } from '@mortise/core/parser';
import type { Schema } from '@mortise/core/schema';
import { lastOf, outcomeOf, units, type Outcome, type ParserCase } from './lab.ts';

/** P-04: no part of a value that is broken passes for the value. */
export const partCases: readonly ParserCase[] = [
  {
    id: 'json.part',
    rule: 'P-04',
    title: 'takes no part of a broken value for the value',
    requires: ['json'],
    run: ({ subject, check }) =>
      refusesAll(subject.json!(), BROKEN, (text, outcome) =>
        check.equal('code' in outcome && outcome.code, 'parse', `the failure of ${text}`),
      ),
  },
  {
    id: 'json.behind',
    rule: 'P-04',
    title: 'takes no value that goes on behind its end',
    requires: ['json'],
    run: ({ subject, check }) =>
      refusesAll(subject.json!(), GOES_ON, (text, outcome) =>
        check.equal('code' in outcome && outcome.code, 'parse', `the failure of ${text}`),
      ),
  },
  {
    id: 'schema.part',
    rule: 'P-04',
    title: 'takes no part of a broken value that its schema fits as well',
    requires: ['schema'],
    run: ({ subject, check }) =>
      refusesAll(subject.schema!(optional), RECORDS, (text, outcome) =>
        check.ok(
          'code' in outcome && ['parse', 'validation'].includes(outcome.code),
          `${text}: a part of it passes for the value`,
        ),
      ),
  },
];

/** A bracket that is lost, doubled or of the other kind, a quote or a separator that is lost. */
const BROKEN = [
  '{"a" [1]}',
  '{"a"= [1]}',
  '{a": [1], "b": 2}',
  '{"a: {"x": 1}, "b": [2]}',
  '{"a": x} and [1]", "b": [2]}',
  '{"items":[{"a":1}]],"b":{"c":2}}',
  '[{"a":1}},{"a":2}]',
  '{"a":[1,{"b":2]}, "c":{"d":1}}',
  '{"a":1,2],"b":{"c":2}}',
  '{"a":"c":{"d":1}},"e":[2]}',
  '{"a":["x"}, "b":["y"]}',
  '```json\n{"a" {"b":1}, "c":[2]}\n```',
];

/** The bracket that opens is lost, or one that closes is doubled. */
const GOES_ON = [
  '{"a":{"b":1}},"c":{"d":2}}',
  '{"b":1},{"b":2}]',
  '[1],[2]]',
  '"a":[1],"b":{"c":2}}',
  '"x [1] y", "z"]',
];

const OPTIONAL = {
  type: 'object',
  properties: { amount: { type: 'number' }, fee: { type: 'object' } },
};

/** Lets every value pass, so that only the parser can refuse. */
const optional: Schema = {
  '~standard': {
    version: 1,
    vendor: 'mortise-conformance',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => OPTIONAL, output: () => OPTIONAL },
  },
};

/** Whole values stand in all of them, and each breaks what is around them in JSON as in YAML. */
const RECORDS = [
  '{"amount": 100, "fee": {"amount": 2}',
  '{"amount": 100, "fee": {"amount": 2}]',
  '{"amount": [1, 2}, "fee": {"amount": 2}}',
  '{"fee": {"amount": 2}}, "amount": 1}',
  '[{"amount": 1}}, {"amount": 2}]',
  '```\n{"amount": 100, "fee": {"amount": 2}\n```',
];

/** Whole, and where there is a stream unit by unit. */
async function refusesAll(
  parser: OutputParser<unknown, unknown>,
  texts: readonly string[],
  judge: (text: string, outcome: Outcome) => void,
): Promise<void> {
  for (const text of texts) {
    judge(text, await outcomeOf(() => parser.parse(text)));
    if (parser.stream !== undefined) judge(text, await outcomeOf(() => lastOf(parser, units(text))));
  }
}
