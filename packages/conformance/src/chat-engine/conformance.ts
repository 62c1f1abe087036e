import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { chatEngineSuite } from './suite.ts';
import type { ChatEngineFeature, ChatEngineSubject } from './subject.ts';

/** A chat engine under test, and what it says it does. */
export interface ChatEngineConformanceOptions extends ChatEngineSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly ChatEngineFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<ChatEngineFeature, string>>> | undefined;
}

/** The contract of chat engines as tests of `functions`' runner, one for each case of {@link chatEngineSuite}. */
export function chatEngineConformance(
  functions: TestFunctions,
  options: ChatEngineConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'chat-engine',
    name,
    suite: chatEngineSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
