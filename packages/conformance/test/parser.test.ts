import { parserConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { coreParsers } from './reference/parsers.ts';

// Core depends on nothing, so that its parsers are tried here.
for (const parser of coreParsers) parserConformance({ describe, it }, parser);
