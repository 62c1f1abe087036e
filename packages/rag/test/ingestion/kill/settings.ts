/** Nodes in a batch: no multiple of what a document has, so that documents lie across batches. */
export const BATCH = 10;
/** Batches at once. */
export const CONCURRENCY = 8;
/** Of the vectors. */
export const DIMENSIONS = 8;
