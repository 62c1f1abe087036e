import type { Suite } from '../frame/case.ts';
import { abortCases } from '../shared/abort-cases.ts';
import { faultCases } from '../shared/fault-cases.ts';
import { spanCase } from '../shared/span-case.ts';
import { headerCase, queryCase } from '../shared/header-case.ts';
import { hostileCases } from '../shared/hostile-cases.ts';
import { saidCases } from '../shared/said-cases.ts';
import { ownSecretCases } from '../shared/secret-cases.ts';
import { statusCases } from '../shared/status-cases.ts';
import { secretCases, timeCases } from '../shared/time-cases.ts';
import { wireCases } from '../shared/wire-cases.ts';
import type { RerankerSubject } from './subject.ts';
import { answeredByCases } from './answered-cases.ts';
import { rerankerProbe } from './lab.ts';
import { rankCases } from './rank-cases.ts';

/** Every rule of the reranker contract that can be seen from outside, and every fault of the wire. */
export const rerankerSuite: Suite<RerankerSubject> = [
  ...rankCases,
  ...answeredByCases,
  headerCase(rerankerProbe),
  queryCase(rerankerProbe),
  ...wireCases(rerankerProbe),
  ...faultCases(rerankerProbe),
  ...saidCases(rerankerProbe),
  ...statusCases(rerankerProbe),
  // What is aborted before it begins needs no server to be seen.
  ...abortCases(rerankerProbe).map((each) => (each.id === 'abort.before' ? { ...each, requires: [] } : each)),
  ...timeCases(rerankerProbe),
  spanCase(rerankerProbe),
  ...secretCases(rerankerProbe),
  ...hostileCases(rerankerProbe),
  ...ownSecretCases(rerankerProbe),
];
