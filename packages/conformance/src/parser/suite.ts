import type { Suite } from '../frame/case.ts';
import type { ParserSubject } from './subject.ts';
import { failureCases } from './failure-cases.ts';
import { formatCases } from './format-cases.ts';
import { jsonCases } from './json-cases.ts';
import { partCases } from './part-cases.ts';
import { schemaCases } from './schema-cases.ts';
import { stopCases } from './stop-cases.ts';
import { streamCases } from './stream-cases.ts';
import { valueCases } from './value-cases.ts';

/** Every rule of the contract of output parsers that can be seen from outside. */
export const parserSuite: Suite<ParserSubject> = [
  ...valueCases,
  ...streamCases,
  ...failureCases,
  ...jsonCases,
  ...partCases,
  ...schemaCases,
  ...formatCases,
  ...stopCases,
];
