import type { EmbeddingMetadata } from '@mortise/core/embedding';
import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, WIRE, type TestFunctions } from '../frame/conformance.ts';
import { HEADERS, headersOf } from '../shared/header-case.ts';
import { embeddingSuite } from './suite.ts';
import type { EmbeddingConformanceOptions, EmbeddingFeature } from './subject.ts';

const TEXT_ALONE = 'The model declares text alone.';
const LOCAL = 'The model runs in this process: there is no wire.';

/** The contract of embedding models as tests of `functions`' runner, one for each case of {@link embeddingSuite}. */
export function embeddingConformance(
  functions: TestFunctions,
  options: EmbeddingConformanceOptions,
): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect?.name ?? 'local' } = options;
  const dialect =
    options.dialect &&
    skipping(options.dialect, [
      ['model', 'model', options.dialect.model !== undefined],
      ['truncated', 'truncated', options.dialect.truncated !== undefined],
      ['warned', 'warned', options.dialect.warned !== undefined],
    ]);
  const wire = embeddingSuite.flatMap(({ requires }) => requires).filter((name) => name.startsWith(WIRE));
  return conformance(functions, {
    contract: 'embedding',
    name,
    suite: embeddingSuite,
    subject: { create, dialect, declares },
    // Its case passes for a model that refuses, too.
    unreported: declares.acceptsDimensions === false ? ['dimensions'] : [],
    declared: [
      ...featuresOf(declares, reasons),
      ...(dialect === undefined ? [] : [...headersOf(reasons), ...wireFeatures(dialect, embeddingSuite)]),
    ],
    reasons: {
      image: TEXT_ALONE,
      ...(dialect === undefined
        ? Object.fromEntries([...wire, HEADERS].map((feature) => [feature, LOCAL]))
        : wireReasons(dialect)),
      ...reasons,
    },
  });
}

function featuresOf(
  { asymmetric, acceptsDimensions, dimensions, inputModalities = [] }: EmbeddingMetadata,
  { 'on-batch': handing }: NonNullable<EmbeddingConformanceOptions['reasons']>,
): EmbeddingFeature[] {
  const features: EmbeddingFeature[] = [];
  if (asymmetric) features.push('asymmetric');
  if (acceptsDimensions !== false || dimensions !== undefined) features.push('dimensions');
  if (inputModalities.includes('image')) features.push('image');
  if (handing === undefined) features.push('on-batch');
  return features;
}
