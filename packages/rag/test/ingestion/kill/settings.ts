/** Nodes in a batch. */
export const BATCH = 16;
/** Batches at once. */
export const CONCURRENCY = 4;
/** Of the vectors. */
export const DIMENSIONS = 8;
