import { setTimeout } from 'node:timers/promises';
import { CustomLLM, type LLM, type LLMMetadata, type TextAttempt } from '@mortise/core';

/** In place of a model, where there is no key: it says what it is and what it was told, word by word. */
class StandIn extends CustomLLM {
  override readonly metadata: LLMMetadata = {
    isChatModel: true,
    capabilities: { streaming: true, tools: false, inputModalities: ['text'] },
  };

  override async doComplete(_prompt: string, { request }: TextAttempt): Promise<string> {
    const said = request.messages.filter(({ role }) => role === 'user');
    const last = said.at(-1)?.content;
    const text = typeof last === 'string' ? last : '';
    const words = text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
    return (
      'I am a stand-in and not a language model.\n' +
      `Your message number ${said.length} has ${words} words: "${text.slice(0, 200)}"\n` +
      'Put a key into .env and start again, and a model answers here, word by word as I do.'
    );
  }

  override async *doStreamComplete(prompt: string, attempt: TextAttempt): AsyncGenerator<string> {
    for (const word of (await this.doComplete(prompt, attempt)).match(/\s*\S+/g) ?? []) {
      await setTimeout(20, undefined, { signal: attempt.signal });
      yield word;
    }
  }
}

export const standIn = (): LLM => new StandIn({ provider: 'stand-in', model: 'stand-in' });
