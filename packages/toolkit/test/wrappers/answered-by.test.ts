import { expect, it } from 'vitest';
import { MortiseError, type LLM } from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { runTools, withBudget, withCache, withFallback, withRateLimit } from '@mortise/toolkit';

const model = (name: string | undefined, replies: readonly ScriptedReply[] | (() => ScriptedReply)): LLM =>
  new ScriptedLLM({ name, model: `model of ${name}`, replies, metadata: { maxOutputTokens: 10 } });

const fails = (): ScriptedReply => {
  throw new MortiseError('overloaded', 'Too many.');
};

/** Who answered, in every way that a model can be asked. */
async function answerers(llm: LLM) {
  const stream = llm.streamChat('Hi');
  const responses = [
    await llm.chat('Hi'),
    await llm.complete('Hi'),
    await stream.final(),
    stream.partial,
    await llm.streamComplete('Hi').final(),
  ];
  return responses.map(({ provider, server, model: answered }) => [provider, server, answered]);
}

const five = (...who: readonly unknown[]): unknown[] => Array.from({ length: 5 }, () => who);

it('C-16: a response of a fallback names the model that answered', async () => {
  const first = new ScriptedLLM({ name: 'down', replies: fails, retry: false });
  const llm = withFallback<LLM>(first, [model('up', () => 'Here.')]);
  expect(await answerers(llm)).toEqual(five('scripted', 'up', 'model of up'));
});

it('C-16: what a cache hits names who answered when it was new', async () => {
  const store = new MemoryKeyValueStore();
  const down = new ScriptedLLM({ name: 'down', replies: fails, retry: false });
  const first = withCache<LLM>(withFallback<LLM>(down, [model('up', () => 'Here.')]), store);
  const said = await answerers(first);
  // Nothing answers any more: what comes is what was kept.
  const later = withCache<LLM>(new ScriptedLLM({ name: 'down', replies: [], retry: false }), store);
  expect(await answerers(later)).toEqual(said);
  expect(said).toEqual(five('scripted', 'up', 'model of up'));
});

it('C-16: a reply that was kept before responses said who answered is of the model that is asked', async () => {
  const store = new MemoryKeyValueStore();
  const old = model(undefined, () => 'Here.');
  const unsigned = {
    provider: old.provider,
    model: old.model,
    metadata: old.metadata,
    async chat(...call: Parameters<LLM['chat']>) {
      const { provider: _provider, ...response } = await old.chat(...call);
      return response;
    },
  } as LLM;
  await withCache(unsigned, store).chat('Hi');
  expect(await withCache(unsigned, store).chat('Hi')).toMatchObject({ provider: 'scripted', text: 'Here.' });
});

it('C-16: limits, budgets and loops pass on who answered', async () => {
  const limited = withRateLimit(
    model('gateway', () => 'Here.'),
    { requestsPerMinute: 1e6 },
  );
  const wrapped = withBudget(limited, { maxTokens: 1e6 });
  expect(await answerers(wrapped)).toEqual(five('scripted', 'gateway', 'model of gateway'));
  const { response } = await runTools(wrapped, 'Hi', { tools: [] });
  expect(response).toMatchObject({ provider: 'scripted', server: 'gateway' });
});

it('C-16: a name of the server that is no name is refused, and no name is none', async () => {
  for (const name of ['', 7 as unknown as string])
    expect(() => model(name, [])).toThrow(expect.objectContaining({ code: 'configuration' }));
  const response = await model(undefined, ['Here.']).chat('Hi');
  expect(response.provider).toBe('scripted');
  expect(response).not.toHaveProperty('server');
});
