import { BaseSynthesizer, type SynthesisEvent } from './base.ts';

/**
 * The sources alone, with an empty text, without a model: to look at what is found, or for applications that write by
 * themselves. `outcome` is `answered`: something was found.
 */
export class NoTextSynthesizer extends BaseSynthesizer {
  async *doSynthesize(): AsyncGenerator<SynthesisEvent> {
    // The base class hands out the sources.
  }
}
