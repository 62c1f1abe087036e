export type { ContentOptions, Redact } from './content.ts';
export type { CostOf } from './metrics.ts';
export { CONVENTIONS } from './names.ts';
export { reportToOpenTelemetry, type ReportOptions } from './report.ts';
