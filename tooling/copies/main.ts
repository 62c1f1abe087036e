/** Two copies of core and of the toolkit in one program, as an application has them whose integrations were installed apart. */
import assert from 'node:assert/strict';
import * as one from 'core-one';
import { ScriptedLLM as OneLLM } from 'core-one/testing';
import * as two from 'core-two';
import { ScriptedLLM as TwoLLM } from 'core-two/testing';
import * as toolkitOne from 'toolkit-one';
import * as toolkitTwo from 'toolkit-two';

assert.notEqual(one.MortiseError, two.MortiseError, 'there is one copy only, so this proves nothing');

// Errors: told apart by brand and code, never by class.
const error = new two.MortiseError('rate-limit', 'Too much.', { provider: 'acme', retryAfterMs: 5 });
assert.equal(error instanceof one.MortiseError, false);
assert.equal(one.isMortiseError(error), true);
assert.equal(one.isMortiseError(error, 'rate-limit'), true);
assert.equal(one.isMortiseError(error, 'timeout'), false);

// Events: one hub for the process. A call of either copy is seen through the other, once, under its parent.
const seen: one.MortiseEvent[] = [];
const leave = one.subscribe((event) => void seen.push(event));
await one.traced('work', () => new TwoLLM({ replies: ['Hello.'] }).chat('Hi'));
leave();
const work = seen.find(({ name, phase }) => name === 'work' && phase === 'start');
const chats = seen.filter(({ name }) => name === 'llm.chat');
assert.deepEqual(
  chats.map(({ phase }) => phase),
  ['start', 'end'],
);
assert.equal(typeof work?.spanId, 'string');
assert.equal(chats[0]?.parentId, work?.spanId);

// Streams: models of one copy behind the other's wrappers, which know their failures and hand on what they stream.
const busy = new OneLLM({ replies: [new one.MortiseError('overloaded', 'Busy.')], retry: false });
const other = new OneLLM({ replies: ['From the other.'] });
const stream = toolkitTwo.withFallback<one.LLM>(busy, [other]).streamChat('Hi');
let text = '';
for await (const delta of stream.textStream) text += delta;
assert.equal(text, 'From the other.');
assert.equal((await stream.final()).text, text);

// A failure passes through the other copy with its code.
const refusing = (): one.LLM => new OneLLM({ replies: [new one.MortiseError('quota', 'Used up.')] });
await assert.rejects(
  toolkitTwo.withFallback<one.LLM>(refusing(), [refusing()]).chat('Hi'),
  (thrown: unknown) => two.isMortiseError(thrown, 'quota'),
);

// Tools: defined with one copy, run by the other.
const add = toolkitOne.tool({
  name: 'add',
  description: 'Adds.',
  parameters: toolkitOne.jsonSchema<{ a: number; b: number }>({
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
  }),
  execute: ({ a, b }) => String(a + b),
});
const calling = new OneLLM({
  replies: [
    [one.toolCallBlock('call', 'add', '{"a":2,"b":3}')],
    ({ messages }) => JSON.stringify(messages.at(-1)),
  ],
});
const { response } = await toolkitTwo.runTools(calling, 'Add 2 and 3.', { tools: [add] });
assert.match(response.text, /5/);

console.log('two copies of core work together');
