import { stripTypeScriptTypes } from 'node:module';
import * as core from '@mortise/core';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { llamaindex, transform } from '@mortise/codemod';
import * as toolkit from '@mortise/toolkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** What programs of the codemod may import here. */
const MODULES: Readonly<Record<string, unknown>> = { '@mortise/core': core, '@mortise/toolkit': toolkit };

/**
 * Turns a program, and runs it with `llm` in place of the models that it makes. It has `schema` besides, and `say`, which keeps
 * what it is given.
 */
async function run(program: string, llm: core.LLM): Promise<unknown[]> {
  const [outcome] = transform(llamaindex, [{ path: 'a.ts', text: program }]);
  expect(outcome?.listed).toEqual([]);
  const body = stripTypeScriptTypes(outcome?.after ?? '')
    .replace(
      /^import \{([^}]*)\} from ["']([^"']+)["'];$/gm,
      (_, names: string, from: string) =>
        `const {${names.replaceAll(' as ', ': ')}} = modules[${JSON.stringify(from)}];`,
    )
    .replaceAll(/new OpenAILLM\([^)]*\)/g, 'llm');
  const told: unknown[] = [];
  const AsyncFunction = run.constructor as new (...parts: string[]) => (...given: unknown[]) => Promise<void>;
  const modules = { ...MODULES, '@mortise/openai': {} };
  await new AsyncFunction('modules', 'llm', 'schema', 'say', body)(modules, llm, book, (value: unknown) =>
    told.push(value),
  );
  return told;
}

const book = z.object({ title: z.string(), year: z.number() });
const calling = (name: string, given: Record<string, string | number>): ScriptedReply => [
  { type: 'tool-call', name, arguments: given },
];

describe('a step with a schema', () => {
  const of = (step: string): string => `import { openai } from '@llamaindex/openai';
const model = openai({ model: 'm' });
const messages = [{ role: 'user', content: 'Which book?' }];
${step}
`;
  const whole =
    of(`const { object, newMessages, toolCalls } = await model.exec({ messages, responseFormat: schema });
say(object);
say(newMessages.map(({ role }) => role));
say(toolCalls.map(({ input }) => input));`);
  const streamed =
    of(`const { stream, object, newMessages, toolCalls } = await model.exec({ messages, responseFormat: schema, stream: true });
say(object);
for await (const { delta } of stream) say(delta);
say(newMessages().map(({ role }) => role));
say(toolCalls.length);`);
  const written = { title: 'Inferno', year: 1321 };

  it('gives what the model called the tool of the schema with', async () => {
    const replies = [calling('format_output', written)];
    expect(await run(whole, new ScriptedLLM({ replies }))).toEqual([
      written,
      ['assistant', 'tool'],
      [written],
    ]);
    expect(await run(streamed, new ScriptedLLM({ replies }))).toEqual([written, ['assistant', 'tool'], 1]);
  });

  it('gives no object for one that does not fit, and none for words, which stream', async () => {
    const replies = [calling('format_output', { title: 'Inferno' })];
    expect((await run(whole, new ScriptedLLM({ replies })))[0]).toBeUndefined();
    expect(await run(streamed, new ScriptedLLM({ replies: ['By Dante'] }))).toEqual([
      undefined,
      'By D',
      'ante',
      ['assistant'],
      0,
    ]);
  });
});

it('a task that streams gives each reply as it is written', async () => {
  const program = `import { OpenAI } from '@llamaindex/openai';
import { type ChatResponseChunk, FunctionTool, ReActAgent } from 'llamaindex';
const add = FunctionTool.from(({ a }: { a: number }) => a + 1, {
  name: 'add',
  description: 'Adds one.',
  parameters: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
});
const agent = new ReActAgent({ llm: new OpenAI({ model: 'm' }), tools: [add] });
const task = await agent.createTask('What is 1 + 1?', true);
for await (const step of task) {
  const stream = step.output as ReadableStream<ChatResponseChunk>;
  say(step.isLast);
  if (step.isLast) for await (const chunk of stream) say(chunk.delta);
}
`;
  const llm = new ScriptedLLM({ replies: [calling('add', { a: 1 }), 'It is 2.'] });
  expect((await run(program, llm)).filter((text) => text !== '')).toEqual([false, true, 'It i', 's 2.']);
});

it('what a model thinks is told beside its words', async () => {
  const program = `import { openai } from '@llamaindex/openai';
const model = openai({ model: 'm' });
const messages = [{ role: 'user', content: 'Why?' }];
const stream = await model.chat({ messages, stream: true });
for await (const chunk of stream) {
  if (chunk.delta) say(chunk.delta);
  else if (chunk.options?.thinking) say('(' + chunk.options.thinking + ')');
}
const answer = await model.chat({ messages });
say(answer.message.options?.thinking);
say(answer.message.content);
`;
  const reply: ScriptedReply = [{ type: 'reasoning', text: 'Hm' }, 'So.'];
  const llm = new ScriptedLLM({ replies: [reply, reply] });
  expect(await run(program, llm)).toEqual(['(Hm)', 'So.', 'Hm', 'So.']);
});
