import { toolCallBlock, type ChatMessage, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { OpenAILLM } from '@mortise/openai';
import { runTools, tool, type ToolsState } from '@mortise/toolkit';
import { race } from '../run/contenders.ts';
import type { Contender, Run, Work } from '../run/work.ts';

const STEPS = 20;
const MODEL = `steps-${STEPS}`;
const QUESTION = 'What is at each place?';
const ABOUT = { name: 'look', description: 'Looks something up.' };
const PARAMETERS = { type: 'object', properties: { at: { type: 'number' } } } as const;
const found = (at: unknown): string => `Found ${Number(at)}.`;

const look = tool({ ...ABOUT, parameters: PARAMETERS, execute: ({ at }) => found(at) });

/** What a run of tools would have asked and answered: what differs is the loop. */
async function chats(llm: LLM): Promise<string> {
  const messages: ChatMessage[] = [{ role: 'user', content: QUESTION }];
  for (;;) {
    const { message, text, toolCalls } = await llm.chat([...messages], { tools: [look] });
    if (toolCalls.length === 0) return text;
    const content = toolCalls.map(({ id, name, arguments: { at } }) => {
      return { type: 'tool-result' as const, toolCallId: id, toolName: name, content: found(at) };
    });
    messages.push(message, { role: 'tool', content });
  }
}

const run = async (llm: LLM): Promise<string> =>
  (await runTools(llm, QUESTION, { tools: [look], maxSteps: STEPS })).text;

async function runKept(llm: LLM): Promise<string> {
  const kept: ToolsState[] = [];
  const onState = (state: ToolsState): void => void kept.push(state);
  return (await runTools(llm, QUESTION, { tools: [look], maxSteps: STEPS, onState })).text;
}

const OURS = {
  'Mortise, 20 chats': chats,
  'Mortise, runTools': run,
  'Mortise, runTools, its state kept': runKept,
};

/** One run is some milliseconds: what is timed is many of them, one after another. */
const times =
  (count: number, once: () => Promise<string>): Run =>
  async () => {
    let text = '';
    for (let at = 0; at < count; at++) text = await once();
    return text.trim();
  };

/** The least that it can cost: the same requests, and nothing looked at twice. */
function byHand(url: string): () => Promise<string> {
  const tools = [{ type: 'function', function: { ...ABOUT, parameters: PARAMETERS } }];
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };
  return async () => {
    const messages: object[] = [{ role: 'user', content: QUESTION }];
    for (;;) {
      const body = JSON.stringify({ model: MODEL, messages, tools });
      const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
      const { choices } = (await response.json()) as {
        choices: [
          { message: { content: string; tool_calls?: { id: string; function: { arguments: string } }[] } },
        ];
      };
      const { message } = choices[0];
      if (message.tool_calls === undefined) return message.content;
      messages.push(message);
      for (const { id, function: call } of message.tool_calls) {
        const { at } = JSON.parse(call.arguments) as { at: number };
        messages.push({ role: 'tool', tool_call_id: id, content: found(at) });
      }
    }
  };
}

const RUNS = 20;

const served: Record<string, Contender> = {
  async 'AI SDK'(url) {
    const ai = await import('ai');
    const { createOpenAI } = await import('@ai-sdk/openai');
    const { z } = await import('zod');
    const { description } = ABOUT;
    const inputSchema = z.object({ at: z.number() });
    const tools = { look: ai.tool({ description, inputSchema, execute: ({ at }) => found(at) }) };
    const options = { tools, prompt: QUESTION, stopWhen: ai.stepCountIs(STEPS), maxRetries: 0 };
    const model = createOpenAI({ apiKey: 'bench', baseURL: url }).chat(MODEL);
    return times(RUNS, async () => (await ai.generateText({ model, ...options })).text);
  },
  async LangChain(url) {
    const langchain = await import('langchain');
    const { ChatOpenAI } = await import('@langchain/openai');
    const { z } = await import('zod');
    const schema = z.object({ at: z.number() });
    const tools = [langchain.tool(({ at }) => found(at), { ...ABOUT, schema })];
    const configuration = { baseURL: url };
    const model = new ChatOpenAI({ model: MODEL, apiKey: 'bench', configuration, maxRetries: 0 });
    const agent = langchain.createAgent({ model, tools });
    const messages = [{ role: 'user' as const, content: QUESTION }];
    return times(
      RUNS,
      async () =>
        (await agent.invoke({ messages }, { recursionLimit: 3 * STEPS })).messages.at(-1)?.text ?? '',
    );
  },
  ...Object.fromEntries(
    Object.entries(OURS).map(([name, of]): [string, Contender] => [
      name,
      (baseURL) => {
        const llm = new OpenAILLM({ model: MODEL, api: 'chat-completions', apiKey: 'bench', baseURL });
        return times(RUNS, () => of(llm));
      },
    ]),
  ),
  'fetch by hand': (url) => times(RUNS, byHand(url)),
};

const TEXT = 'A mortise is a hole in one piece of wood, cut to take the tenon of another. '.repeat(4);

function scripted(): LLM {
  const replies = Array.from({ length: STEPS }, (_, at) => [
    { type: 'text' as const, text: TEXT },
    ...(at < STEPS - 1 ? [toolCallBlock(`call_${at + 1}`, 'look', `{"at": ${at + 1}}`)] : []),
  ]);
  return new ScriptedLLM({ replies });
}

const inMemory: Record<string, Contender> = Object.fromEntries(
  Object.entries(OURS).map(([name, of]): [string, Contender] => [
    `${name}, in memory`,
    () => times(10 * RUNS, () => of(scripted())),
  ]),
);

export const contenders: Readonly<Record<string, Contender>> = { ...served, ...inMemory };

export const works: readonly Work[] = [
  {
    name: 'agent',
    title: 'An agent of 20 steps, 20 times',
    about:
      'A call of a tool in each step but the last, by one script of a server; the last texts are the same.',
    measure: (rounds) =>
      race({ file: import.meta.filename, contenders: served, server: 'tools-server.ts', rounds: 7 }, rounds),
  },
  {
    name: 'agent-in-memory',
    title: 'An agent of 20 steps by a model in memory, 200 times',
    about: 'Nothing but the loop is left, beside the same chats without one.',
    measure: (rounds) => race({ file: import.meta.filename, contenders: inMemory, rounds: 7 }, rounds),
  },
];
