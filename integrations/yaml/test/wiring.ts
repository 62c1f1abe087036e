import { parserConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { jsonSchema } from '@mortise/toolkit/schema';
import { YamlParser } from '@mortise/yaml';

const things = jsonSchema<unknown>({ type: 'array' }, (value) =>
  Array.isArray(value) ? { value } : { issues: [{ message: 'a list' }] },
);

const reasons = {
  json: 'It reads YAML; JSON in prose is for JsonParser.',
  snapshots: 'A line of YAML can change what the lines above it mean.',
  long: 'It shows one value, at the end.',
};

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    parserConformance(functions, {
      name: 'yaml',
      create: () => new YamlParser(),
      samples: [
        {
          text: 'So:\n```yaml\na: [1, 0x10]\nb: "😀"\nc: no\n```\n',
          value: { a: [1, 16], b: '😀', c: 'no' },
        },
        { text: '- x\n- null\n', value: ['x', null] },
        { text: 'a: &x {b: 1}\nc: *x', value: { a: { b: 1 }, c: { b: 1 } } },
      ],
      invalid: [
        { text: 'a: [1, 2', code: 'parse', position: 8 },
        { text: '```yaml\na: "x\n```', code: 'parse' },
        { text: 'a: .nan', code: 'parse' },
        { text: '', code: 'parse' },
      ],
      schema: (schema) => new YamlParser({ schema }),
      declares: ['stream', 'failure', 'place', 'instructions', 'schema'],
      reasons,
    }),
    parserConformance(functions, {
      name: 'yaml with a schema',
      create: () => new YamlParser({ schema: things }),
      samples: [
        { text: '- 1\n- b: 2\n', value: [1, { b: 2 }] },
        { text: '[]', value: [] },
      ],
      invalid: [
        { text: 'a: 1', code: 'validation', path: [] },
        { text: '- "x', code: 'parse' },
      ],
      schema: (schema) => new YamlParser({ schema }),
      declares: ['stream', 'failure', 'place', 'instructions', 'schema'],
      reasons,
    }),
  ];
}
