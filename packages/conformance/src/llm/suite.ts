import type { Suite } from '../frame/case.ts';
import type { LLMSubject } from './conformance.ts';

/** Every rule of the LLM contract that can be seen from outside, and every fault of the wire. */
export const llmSuite: Suite<LLMSubject> = [];
