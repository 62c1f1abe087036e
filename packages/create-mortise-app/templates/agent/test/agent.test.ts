import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { toolCallBlock, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { FileKeyValueStore } from '@mortise/stores';
import { begin, resume, type AgentOptions } from '../src/agent.ts';
import { standIn } from '../src/stand-in.ts';
import { createTools } from '../src/tools.ts';

/** What every process of the application makes anew, over one folder. */
async function processes(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'app-'));
  t.after(() => rm(folder, { recursive: true }));
  const options = (llm: LLM): AgentOptions => ({
    llm,
    tools: createTools(folder),
    store: new FileKeyValueStore({ directory: join(folder, 'runs') }),
    approvalKey: 'a key of the tests that is long enough',
  });
  const orders = () => readFile(join(folder, 'orders.jsonl'), 'utf8').catch(() => '');
  return { options, orders };
}

const order = [toolCallBlock('c1', 'order', '{"wood":"oak","boards":4}')];

test('an order waits for a person, and is made in another process', async (t) => {
  const { options, orders } = await processes(t);
  const asked = await begin(options(new ScriptedLLM({ replies: [order] })), 'Four boards of oak');
  assert.deepEqual('approvals' in asked && asked.approvals.map((each) => each.arguments), [
    { wood: 'oak', boards: 4 },
  ]);
  assert.equal(await orders(), '');

  const llm = new ScriptedLLM({ replies: ['It is ordered.'] });
  assert.deepEqual(await resume(options(llm), true), { text: 'It is ordered.' });
  assert.equal((await orders()).trim().split('\n').length, 1);
  assert.match(JSON.stringify(llm.requests[0]?.messages), /Ordered 4 boards of oak/);
});

test('a no reaches the model, and nothing is ordered', async (t) => {
  const { options, orders } = await processes(t);
  await begin(options(new ScriptedLLM({ replies: [order] })), 'Four boards of oak');
  await resume(options(new ScriptedLLM({ replies: ['Then not.'] })), false);
  assert.equal(await orders(), '');
});

test('one run at a time, and no answer without one', async (t) => {
  const { options } = await processes(t);
  await assert.rejects(resume(options(standIn()), true), /No run waits/);
  await begin(options(standIn()), 'Order four boards of oak');
  await assert.rejects(begin(options(standIn()), 'Order pine'), /A run waits/);
});

test('goes the whole way without a model', async (t) => {
  const { options, orders } = await processes(t);
  await begin(options(standIn()), 'Order four boards of oak');
  assert.deepEqual(await resume(options(standIn()), true), { text: 'Ordered 4 boards of oak.' });
  assert.match(await orders(), /"boards":4/);
});
