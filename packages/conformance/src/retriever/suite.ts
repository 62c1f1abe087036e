import type { Suite } from '../frame/case.ts';
import type { RetrieverSubject } from './subject.ts';
import { nestingCases } from './nesting-cases.ts';
import { recursionCases } from './recursion-cases.ts';
import { resultCases } from './result-cases.ts';

/** Every rule of the retriever contract, R-01 to R-04, and what it shares with all contracts. */
export const retrieverSuite: Suite<RetrieverSubject> = [...resultCases, ...recursionCases, ...nestingCases];
