import { answeredCases, type Answering } from '../shared/answered-cases.ts';
import { TEXT } from './answers.ts';
import { respondWith, type LLMCase, type LLMCaseContext } from './lab.ts';

/** C-16: whole, streamed, completed, and while a stream is still being read. */
export const answeredByCases: readonly LLMCase[] = answeredCases({
  requires: [],
  async connect(context: LLMCaseContext, name): Promise<Answering> {
    const { create, declares, dialect } = context.subject;
    const wire = await context.wire(respondWith(dialect, TEXT));
    const llm = create({ url: wire.url, settings: { retry: { baseDelayMs: 20 }, name } });
    return {
      provider: llm.provider,
      async responses() {
        const whole = [
          ['chat', await llm.chat('Hi')],
          ['complete', await llm.complete('Hi')],
        ] as const;
        if (declares.streaming !== true) return whole;
        const stream = llm.streamChat('Hi');
        const final = await stream.final();
        return [
          ...whole,
          ['streamChat', final],
          ['what had arrived of streamChat', stream.partial],
          ['streamComplete', await llm.streamComplete('Hi').final()],
        ];
      },
    };
  },
});
