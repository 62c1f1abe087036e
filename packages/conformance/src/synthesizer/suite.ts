import { answerCases } from '../answer/answer-cases.ts';
import { leaveCases } from '../answer/leave-cases.ts';
import { NODES, QUESTION, type AnswerProbe } from '../answer/lab.ts';
import type { Suite } from '../frame/case.ts';
import { citationCases } from './citation-cases.ts';
import type { SynthesizerSubject } from './subject.ts';
import { modelCases } from './model-cases.ts';

const probe: AnswerProbe<SynthesizerSubject> = {
  open({ subject }, llm, nodes = NODES) {
    const synthesizer = subject.create(llm);
    return {
      whole: (options) => synthesizer.synthesize(QUESTION, nodes, options),
      stream: (options) => synthesizer.streamSynthesize(QUESTION, nodes, options),
    };
  },
};

/** Every rule of the contract of synthesizers that can be seen from outside. */
export const synthesizerSuite: Suite<SynthesizerSubject> = [
  ...answerCases(probe),
  ...citationCases,
  ...modelCases,
  ...leaveCases(probe),
];
