export {
  CitationSynthesizer,
  NOT_FOUND_TEXT,
  type CitationSynthesizerOptions,
} from './citation-synthesizer.ts';
export { CitationScanner } from './citations.ts';
export {
  CITATION_PROMPT,
  citationPromptValues,
  readCitationPrompt,
  type CitationPrompt,
  type PromptSource,
} from './prompt.ts';
