import {
  synthesizerConformance,
  type ConformanceResults,
  type SynthesizerSubject,
  type TestFunctions,
} from '@mortise/conformance';
import {
  CitationSynthesizer,
  CompactSynthesizer,
  NoTextSynthesizer,
  RefineSynthesizer,
  TreeSynthesizer,
} from '@mortise/rag';

/** Each that asks a model, by its name. */
export const synthesizers: Readonly<Record<string, SynthesizerSubject['create']>> = {
  citations: (llm) => new CitationSynthesizer({ llm }),
  compact: (llm) => new CompactSynthesizer({ llm }),
  refine: (llm) => new RefineSynthesizer({ llm }),
  tree: (llm) => new TreeSynthesizer({ llm }),
};

export function wireSynthesizers(functions: TestFunctions): ConformanceResults[] {
  return [
    ...Object.entries(synthesizers).map(([name, create]) =>
      synthesizerConformance(functions, { name, create, declares: ['model', 'citations'] }),
    ),
    synthesizerConformance(functions, {
      name: 'no text',
      create: () => new NoTextSynthesizer(),
      declares: [],
      reasons: {
        model: 'It writes nothing, and so asks no model.',
        citations: 'A text that is empty cites nothing.',
      },
    }),
  ];
}
