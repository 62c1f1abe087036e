import type { Suite } from '../frame/case.ts';
import type { ChatEngineSubject } from './subject.ts';
import { approvalCases } from './approval-cases.ts';
import { branchCases } from './branch-cases.ts';
import { keptCases } from './kept-cases.ts';
import { turnCases } from './turn-cases.ts';

/** Every rule of conversations that can be seen from outside. */
export const chatEngineSuite: Suite<ChatEngineSubject> = [
  ...turnCases,
  ...keptCases,
  ...branchCases,
  ...approvalCases,
];
