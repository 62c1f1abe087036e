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
import { answeredByCases } from './answered-cases.ts';
import { batchCases } from './batch-cases.ts';
import { blockCases } from './block-cases.ts';
import type { EmbeddingSubject } from './subject.ts';
import { embeddingProbe } from './lab.ts';
import { requestCases } from './request-cases.ts';
import { rowCases } from './row-cases.ts';
import { streamCases } from './stream-cases.ts';

/** Every rule of the embedding contract that can be seen from outside, and every fault of the wire. */
export const embeddingSuite: Suite<EmbeddingSubject> = [
  ...requestCases,
  ...rowCases,
  ...blockCases,
  ...batchCases,
  ...answeredByCases,
  ...streamCases,
  headerCase(embeddingProbe),
  queryCase(embeddingProbe),
  ...wireCases(embeddingProbe),
  ...faultCases(embeddingProbe),
  ...saidCases(embeddingProbe),
  ...statusCases(embeddingProbe),
  // What is aborted before it begins needs no server to be seen.
  ...abortCases(embeddingProbe).map((each) =>
    each.id === 'abort.before' ? { ...each, requires: [] } : each,
  ),
  ...timeCases(embeddingProbe),
  spanCase(embeddingProbe),
  ...secretCases(embeddingProbe),
  ...hostileCases(embeddingProbe),
  ...ownSecretCases(embeddingProbe),
];
