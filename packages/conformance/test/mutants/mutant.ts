import type { LLMDialect, WireTarget } from '@mortise/conformance';
import type { LLM } from '@mortise/core/llm';
import { ReferenceLLM } from '../reference/adapter.ts';
import type { ReferenceTranslator } from '../reference/translator.ts';

/** The reference adapter with one thing wrong, named after it. */
export interface Mutant {
  readonly fault: string;
  /** The case that must catch it. */
  readonly caughtBy: string;
  create(wire: WireTarget): LLM;
  /** Where it is the dialect that is wrong. */
  readonly dialect?: LLMDialect;
}

type Adapter = new (wire: WireTarget) => LLM;

export function mutant(fault: string, caughtBy: string, adapter: Adapter): Mutant {
  return { fault, caughtBy, create: (wire) => new adapter(wire) };
}

/** The fault is in how a stream's events are read. */
export function misread(
  fault: string,
  caughtBy: string,
  translator: new (llm: ReferenceLLM) => ReferenceTranslator,
): Mutant {
  const adapter = class extends ReferenceLLM {
    override translator(): ReferenceTranslator {
      return new translator(this);
    }
  };
  return mutant(fault, caughtBy, adapter);
}
