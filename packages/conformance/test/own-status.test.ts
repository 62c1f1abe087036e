import { llmSuite, runCase, type LLMDialect } from '@mortise/conformance';
import { expect, it } from 'vitest';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';

const { capabilities: declares } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

/** A vendor that says each kind by a status of its own. */
const OWN = { quota: 402, 'context-length': 413, rate: 418 } as const;
const dialect: LLMDialect = {
  ...reference,
  failure: (failure) => ({
    ...reference.failure(failure),
    status: failure.kind === undefined ? 418 : OWN[failure.kind],
  }),
};

/** The statuses that an adapter sees in one case. */
async function seen(id: string): Promise<number[]> {
  const statuses = new Set<number>();
  class Watching extends ReferenceLLM {
    override failure(...args: Parameters<ReferenceLLM['failure']>) {
      statuses.add(args[0]);
      return super.failure(...args);
    }
  }
  const testCase = llmSuite.find((each) => each.id === id)!;
  await runCase(testCase, { create: (wire) => new Watching(wire), dialect, declares });
  return [...statuses];
}

it.each([
  ['status.429.quota', 402],
  ['status.400.context-length', 413],
])("%s comes with the dialect's own status, %i", async (id, status) => {
  expect(await seen(id)).toEqual([status]);
});

it.each([
  ['status.404', 404],
  ['status.429', 429],
  ['status.retry-after.503-seconds', 503],
])('%s is about its status, which no dialect replaces', async (id, status) => {
  expect(await seen(id)).toEqual([status]);
});
