import type { Suite } from '../frame/case.ts';
import { abortCases } from '../shared/abort-cases.ts';
import { faultCases } from '../shared/fault-cases.ts';
import { headerCase, queryCase } from '../shared/header-case.ts';
import { hostileCases } from '../shared/hostile-cases.ts';
import { saidCases } from '../shared/said-cases.ts';
import { ownSecretCases } from '../shared/secret-cases.ts';
import { statusCases } from '../shared/status-cases.ts';
import { secretCases, timeCases } from '../shared/time-cases.ts';
import { wireCases } from '../shared/wire-cases.ts';
import type { LLMSubject } from './subject.ts';
import { streamAbortCases } from './abort-cases.ts';
import { answeredByCases } from './answered-cases.ts';
import { backCases } from './back-cases.ts';
import { boundCases } from './bound-cases.ts';
import { citationCases } from './citation-cases.ts';
import { dialectCases } from './dialect-cases.ts';
import { endCases } from './end-cases.ts';
import { eventCases } from './event-cases.ts';
import { streamFaultCases } from './fault-cases.ts';
import { llmProbe } from './lab.ts';
import { otherEndCases } from './other-end-cases.ts';
import { memberCases } from './member-cases.ts';
import { preferenceCases } from './preference-cases.ts';
import { redactedCases } from './redacted-cases.ts';
import { replyCases } from './reply-cases.ts';
import { requestCases } from './request-cases.ts';
import { streamSecretCases } from './secret-cases.ts';
import { streamCases } from './stream-cases.ts';
import { streamTimeCases } from './time-cases.ts';
import { toolCases } from './tool-cases.ts';
import { streamWireCases } from './wire-cases.ts';

/** Every rule of the LLM contract that can be seen from outside, and every fault of the wire. */
export const llmSuite: Suite<LLMSubject> = [
  ...requestCases,
  ...dialectCases,
  ...preferenceCases,
  ...memberCases,
  ...replyCases,
  ...answeredByCases,
  ...toolCases,
  ...backCases,
  ...redactedCases,
  ...citationCases,
  headerCase(llmProbe),
  queryCase(llmProbe),
  ...wireCases(llmProbe),
  ...streamWireCases,
  ...endCases,
  ...otherEndCases,
  ...eventCases,
  ...faultCases(llmProbe),
  ...saidCases(llmProbe),
  ...streamFaultCases,
  ...statusCases(llmProbe),
  ...abortCases(llmProbe),
  ...streamAbortCases,
  ...streamCases,
  ...timeCases(llmProbe),
  ...streamTimeCases,
  ...boundCases,
  ...secretCases(llmProbe),
  ...hostileCases(llmProbe),
  ...ownSecretCases(llmProbe),
  ...streamSecretCases,
];
