export { compareRetrieval, type CompareOptions, type RetrievalComparison } from './compare.ts';
export {
  DEFAULT_METRICS,
  evaluateRetriever,
  type EvaluateOptions,
  type EvaluationCollection,
  type EvaluationQuery,
  type MeasuredQuery,
  type RetrievalReport,
} from './evaluate.ts';
export { type Gain, type Judgements, type MetricName, type RetrievalMetric } from './metrics.ts';
export { retrievalMarkdown } from './report.ts';
