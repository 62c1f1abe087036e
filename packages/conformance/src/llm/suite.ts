import type { Suite } from '../frame/case.ts';
import type { LLMSubject } from './conformance.ts';
import { abortCases } from './abort-cases.ts';
import { faultCases } from './fault-cases.ts';
import { replyCases } from './reply-cases.ts';
import { requestCases } from './request-cases.ts';
import { statusCases } from './status-cases.ts';
import { streamCases } from './stream-cases.ts';
import { timeCases } from './time-cases.ts';
import { toolCases } from './tool-cases.ts';
import { wireCases } from './wire-cases.ts';

/** Every rule of the LLM contract that can be seen from outside, and every fault of the wire. */
export const llmSuite: Suite<LLMSubject> = [
  ...requestCases,
  ...replyCases,
  ...toolCases,
  ...wireCases,
  ...faultCases,
  ...statusCases,
  ...abortCases,
  ...streamCases,
  ...timeCases,
];
