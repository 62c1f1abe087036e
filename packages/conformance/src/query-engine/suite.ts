import { answerCases } from '../answer/answer-cases.ts';
import { leaveCases } from '../answer/leave-cases.ts';
import type { Suite } from '../frame/case.ts';
import type { QueryEngineSubject } from './subject.ts';
import { queryEngineProbe, retrievalCases } from './retrieval-cases.ts';

/** Every rule of the contract of query engines that can be seen from outside. */
export const queryEngineSuite: Suite<QueryEngineSubject> = [
  ...answerCases(queryEngineProbe),
  ...retrievalCases,
  ...leaveCases(queryEngineProbe),
];
