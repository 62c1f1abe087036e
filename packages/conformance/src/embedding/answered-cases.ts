import { isObject } from '@mortise/core/shared';
import type { AnsweredBy } from '@mortise/core/call';
import { answeredCases, type Answering } from '../shared/answered-cases.ts';
import { failing } from '../shared/helpers.ts';
import {
  batchesOf,
  connect,
  dialectOf,
  fewTexts,
  respondWith,
  SERVER,
  type EmbeddingCase,
  type EmbeddingCaseContext,
} from './lab.ts';

/** C-16: of a list, of no texts, for which nothing is sent, and of what was finished when a call failed. */
export const answeredByCases: readonly EmbeddingCase[] = answeredCases({
  requires: SERVER,
  async connect(context: EmbeddingCaseContext, name): Promise<Answering> {
    const { subject } = context;
    const down = failing(dialectOf(subject), { status: 400, message: 'No.' });
    const right = await connect(context, respondWith(subject), { name });
    const failed = await connect(
      context,
      (...call) => (call[2] === 0 ? respondWith(subject) : down)(...call),
      {
        name,
      },
    );
    return {
      provider: right.model.provider,
      responses: async () => [
        ['embedTexts', await right.model.embedTexts(fewTexts(subject))],
        ['embedTexts of no texts', await right.model.embedTexts([])],
        [
          'what was finished',
          await partialOf(failed.model.embedTexts(batchesOf(subject, 2), { concurrency: 1 })),
        ],
      ],
    };
  },
});

async function partialOf(call: Promise<unknown>): Promise<AnsweredBy> {
  const thrown: unknown = await call.catch((error: unknown) => error);
  return isObject(thrown) && isObject(thrown['partial']) ? thrown['partial'] : {};
}
