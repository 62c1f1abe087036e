export type { WritingChatOptions, WritingOptions } from './ask.ts';
export {
  BaseSynthesizer,
  NOT_FOUND_TEXT,
  type BaseSynthesizerOptions,
  type SynthesisCall,
  type SynthesisEvent,
  type SynthesisRequest,
} from './base.ts';
export { CitationSynthesizer, type CitationSynthesizerOptions } from './citation-synthesizer.ts';
export { CompactSynthesizer, RefineSynthesizer, type RefineSynthesizerOptions } from './compact.ts';
export { NoTextSynthesizer } from './no-text.ts';
export {
  CITATION_PROMPT,
  citationPromptValues,
  COMBINE_PROMPT,
  readCitationPrompt,
  REFINE_PROMPT,
  type CitationPrompt,
  type CombinePrompt,
  type PromptSource,
  type RefinePrompt,
} from './prompt.ts';
export { TreeSynthesizer, type TreeSynthesizerOptions } from './tree.ts';
