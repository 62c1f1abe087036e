import { describe, expect, it } from 'vitest';
import { langchain } from '@mortise/codemod';
import { one } from './one.ts';

const turned = (text: string): string => {
  const outcome = one(langchain, text);
  expect(outcome.listed).toEqual([]);
  expect(outcome.state).toBe('changed');
  return outcome.after;
};
const listed = (text: string) => one(langchain, text).listed.map(({ line, construct }) => [line, construct]);
const model =
  "import { ChatOpenAI } from '@langchain/openai';\nconst model = new ChatOpenAI({ model: 'm' });\n";

describe('models', () => {
  it('take tuples, messages and texts', () => {
    const after = turned(`${model}import { HumanMessage } from '@langchain/core/messages';
const hello = new HumanMessage('hello');
const reply = await model.invoke([['system', 's'], hello, new HumanMessage({ content: [{ type: 'image_url', image_url: 'data:image/png;base64,AA==' }] })]);
console.log(reply.content, reply.usage_metadata);
`);
    expect(after).toContain("const hello = { role: 'user', content: 'hello' } satisfies ChatMessage;");
    expect(after).toContain(
      "[{ role: 'system', content: 's' }, hello, { role: 'user', content: [{ type: 'image', source: { data: 'AA==', mediaType: 'image/png' } }] }]",
    );
    expect(after).toContain('console.log(reply.text, reply.usage);');
  });

  it('of the completions endpoint are named anew, with a note, or listed where one was asked for', () => {
    const outcome = one(
      langchain,
      "import { OpenAI } from '@langchain/openai';\nconst llm = new OpenAI({});\nconsole.log(await llm.invoke('q'));\n",
    );
    expect(outcome.after).toContain("console.log((await llm.chat('q')).text);");
    expect(outcome.notes[0]?.message).toContain('gpt-3.5-turbo-instruct');
    expect(
      listed(
        "import { OpenAI } from '@langchain/openai';\nexport const llm = new OpenAI({ model: 'gpt-3.5-turbo-instruct' });\n",
      ),
    ).toEqual([[2, 'OpenAI']]);
  });

  it('with callbacks are listed', () => {
    expect(
      listed(
        "import { ChatOpenAI } from '@langchain/openai';\nexport const llm = new ChatOpenAI({ model: 'm', callbacks: [] });\n",
      ),
    ).toEqual([[2, 'ChatOpenAI']]);
  });
});

describe('prompts', () => {
  it('keep braces that are text', () => {
    const after = turned(
      "import { PromptTemplate } from '@langchain/core/prompts';\nconst p = PromptTemplate.fromTemplate('{{\"a\": {b}}}');\nconsole.log(await p.format({ b: 1 }));\n",
    );
    expect(after).toContain(`prompt('{{"a": {b}}')`);
    expect(after).toContain('console.log(p.format({ b: 1 }));');
  });

  it('whose variables are no names are listed', () => {
    const text =
      "import { PromptTemplate } from '@langchain/core/prompts';\nexport const p = PromptTemplate.fromTemplate('{a-b}');\n";
    expect(listed(text)).toEqual([[2, 'fromTemplate']]);
  });

  it('are imported under another name where theirs is taken', () => {
    const after = turned(
      "import { PromptTemplate } from '@langchain/core/prompts';\nconst prompt = PromptTemplate.fromTemplate('{a}');\nconsole.log(prompt.inputVariables);\n",
    );
    expect(after).toContain("import { prompt as mortisePrompt } from '@mortise/toolkit';");
    expect(after).toContain("const prompt = mortisePrompt('{a}');");
    expect(after).toContain('prompt.variables');
  });
});

describe('chains', () => {
  const imports = `${model}import { PromptTemplate } from '@langchain/core/prompts';
import { RunnableSequence } from '@langchain/core/runnables';
import { StringOutputParser } from '@langchain/core/output_parsers';
const p = PromptTemplate.fromTemplate('{a}');
`;

  it('become functions, and objects of two where they are streamed too', () => {
    const after = turned(`${imports}const chain = RunnableSequence.from([p, model, new StringOutputParser()]);
console.log(await chain.invoke({ a: 'x' }));
for await (const text of await chain.stream({ a: 'x' })) console.log(text);
`);
    expect(after).toContain(
      'invoke: async (input: Parameters<typeof p.format>[0]) => (await model.chat(p.format(input))).text',
    );
    expect(after).toContain(
      'stream: (input: Parameters<typeof p.format>[0]) => model.streamChat(p.format(input)).textStream',
    );
    expect(after).toContain("console.log(await chain.invoke({ a: 'x' }));");
  });

  it('in one expression are one call', () => {
    const after = turned(
      `${imports}console.log(await p.pipe(model).pipe(new StringOutputParser()).invoke({ a: 'x' }));\n`,
    );
    expect(after).toContain("console.log((await model.chat(p.format({ a: 'x' }))).text);");
  });

  it('with a map take what its functions take', () => {
    const after =
      turned(`${imports}const chain = RunnableSequence.from([{ a: (input: { b: string }) => input.b }, p, model]);
console.log((await chain.invoke({ b: 'x' })).content);
`);
    expect(after).toContain(
      'async (input: { b: string }) => {\n  const values = { a: ((input: { b: string }) => input.b)(input) };\n  return model.chat(p.format(values));\n}'.replace(
        'async ',
        '',
      ),
    );
  });

  it('of steps that are not known are listed', () => {
    expect(
      listed(`${imports}import { XMLOutputParser } from '@langchain/core/output_parsers';
export const chain = p.pipe(model).pipe(new XMLOutputParser());
`).map(([line]) => line),
    ).toContain(8);
  });
});

describe('tools and structured output', () => {
  it('are bound as defaults of the calls', () => {
    const after = turned(`${model}import { tool } from '@langchain/core/tools';
import { z } from 'zod/v3';
const add = tool(({ a }) => String(a), { name: 'add', description: 'Adds.', schema: z.object({ a: z.number() }) });
const bound = model.bindTools([add]).withConfig({ tool_choice: 'any' });
console.log((await bound.invoke('q')).tool_calls);
`);
    expect(after).toContain(
      "withDefaults(withDefaults(model, { tools: [add] }), { toolChoice: 'required' })",
    );
    expect(after).toContain("import { z } from 'zod';");
    expect(after).toContain("console.log((await bound.chat('q')).toolCalls);");
  });

  it('agents with middleware are listed', () => {
    expect(
      listed(
        "import { createAgent } from 'langchain';\nexport const agent = createAgent({ model: 'openai:m', tools: [] });\n",
      ),
    ).toEqual([[2, 'createAgent']]);
  });
});

describe('agents', () => {
  const of = (options: string, last: string): string => `${model}import { createAgent } from 'langchain';
const agent = createAgent({ model, tools: []${options} });
const result = await agent.invoke({ messages: [{ role: 'human', content: 'Why?' }] });
console.log(${last});
`;

  it.each(['result.messages.at(-1)?.content', 'result.messages[result.messages.length - 1].content'])(
    'are runs of tools, of which %s is the text',
    (last) => {
      const after = turned(of(", systemPrompt: 'Be short.'", last));
      expect(after).toContain("[{ role: 'system', content: 'Be short.' }, ...messages], { tools: [] })");
      expect(after).toContain("await agent([{ role: 'user', content: 'Why?' }])");
      expect(after).toContain('console.log(result.text);');
    },
  );

  it('with middleware, and other messages of what they gave, are listed', () => {
    expect(listed(of(', middleware: []', 'result'))).toContainEqual([4, 'createAgent']);
    expect(listed(of('', 'result.messages[0].content'))).toEqual([[6, 'createAgent']]);
  });
});

it.each(['reply.constructor', 'reply.hasOwnProperty("a")', 'reply.toString'])(
  '%s of a value is listed',
  (use) => {
    expect(listed(`${model}const reply = await model.invoke('a');\nconsole.log(${use});\n`)).toHaveLength(1);
  },
);

it('metadata of a reply are told as a whole, and listed where one of them is asked for', () => {
  const of = (use: string): string => `import { ChatOpenAI } from '@langchain/openai';
const reply = await new ChatOpenAI({ model: 'm' }).invoke('Hi');
console.log(${use});
`;
  expect(one(langchain, of('reply.response_metadata')).after).toContain(
    'console.log({ model: reply.model, finishReason: reply.finishReason, usage: reply.usage });',
  );
  expect(one(langchain, of('reply.response_metadata.tokenUsage')).listed).toHaveLength(1);
});
