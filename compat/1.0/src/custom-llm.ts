import { CustomLLM, type LLMMetadata, type TextAttempt, type TextPiece } from '@mortise/core/llm';

/** A function of text to text: what an application writes for a model of its own. */
export class FrozenCustomLLM extends CustomLLM {
  readonly metadata: LLMMetadata = {
    isChatModel: false,
    capabilities: { streaming: true, tools: false, inputModalities: ['text'] },
  };

  constructor() {
    super({ provider: 'frozen', model: 'echo' });
  }

  async doComplete(prompt: string, attempt: TextAttempt): Promise<string> {
    attempt.signal.throwIfAborted();
    return `You said: ${prompt}`;
  }

  override async *doStreamComplete(prompt: string, attempt: TextAttempt): AsyncGenerator<TextPiece> {
    for (const word of ['You ', 'said: ', prompt]) {
      attempt.signal.throwIfAborted();
      yield word;
    }
    yield { usage: { inputTokens: 3, outputTokens: 2 }, finishReason: { unified: 'stop', raw: 'end' } };
  }
}
