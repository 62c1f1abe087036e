/**
 * The CPU of an agent of 20 steps, a call of a tool in each but the last, by one script of a server on loopback: 20 chats of that
 * conversation, `runTools` without and with its state kept, and the peers' agents; then by a model in memory, where nothing but the
 * loop is left. Each runs in a process of its own, in turn, `ROUNDS` (7) times; of `RUNS` (40) runs the processor's time is taken,
 * after half as many that warm up. `node agent.ts runTools <url>` is one process alone, for `--cpu-prof`.
 */
import { execFileSync } from 'node:child_process';
import { toolCallBlock, type ChatMessage, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { OpenAILLM } from '@mortise/openai';
import { runTools, tool, type ToolsState } from '@mortise/toolkit';
import { median, startServer } from './measure.ts';

const STEPS = 20;
const RUNS = Number(process.env['RUNS'] ?? 40);
const ROUNDS = Number(process.env['ROUNDS'] ?? 7);

const MODEL = `steps-${STEPS}`;
const QUESTION = 'What is at each place?';
const ABOUT = { name: 'look', description: 'Looks something up.' };
const found = (at: unknown): string => `Found ${Number(at)}.`;

/** A whole run, which gives the last text. */
type Run = () => Promise<string>;

const look = tool({
  ...ABOUT,
  parameters: { type: 'object', properties: { at: { type: 'number' } } },
  execute: ({ at }) => found(at),
});

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

async function run(llm: LLM): Promise<string> {
  return (await runTools(llm, QUESTION, { tools: [look], maxSteps: STEPS })).text;
}

async function runKept(llm: LLM): Promise<string> {
  const kept: ToolsState[] = [];
  const onState = (state: ToolsState): void => void kept.push(state);
  return (await runTools(llm, QUESTION, { tools: [look], maxSteps: STEPS, onState })).text;
}

async function byHand(url: string): Promise<string> {
  const parameters = { type: 'object', properties: { at: { type: 'number' } } };
  const tools = [{ type: 'function', function: { ...ABOUT, parameters } }];
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };
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
}

const remote = (baseURL: string): LLM =>
  new OpenAILLM({ model: MODEL, api: 'chat-completions', apiKey: 'bench', baseURL });

const TEXT = 'A mortise is a hole in one piece of wood, cut to take the tenon of another. '.repeat(4);
function scripted(): LLM {
  const calls = Array.from({ length: STEPS }, (_, at) =>
    toolCallBlock(`call_${at + 1}`, 'look', `{"at": ${at + 1}}`),
  );
  const replies = calls.map((call, at) => [
    { type: 'text' as const, text: TEXT },
    ...(at < STEPS - 1 ? [call] : []),
  ]);
  return new ScriptedLLM({ replies });
}

const OURS = { chats, runTools: run, 'runTools, its state kept': runKept };

const CONTENDERS: Readonly<Record<string, (url: string) => Run | Promise<Run>>> = {
  ...Object.fromEntries(
    Object.entries(OURS).map(([name, of]) => {
      const open = (url: string): Run => {
        const llm = remote(url);
        return () => of(llm);
      };
      return [name, open] as const;
    }),
  ),
  /** The least that it can cost: the same requests, and nothing looked at twice. */
  'fetch by hand': (url) => () => byHand(url),
  async 'AI SDK'(url) {
    const ai = await import('ai');
    const { createOpenAI } = await import('@ai-sdk/openai');
    const { z } = await import('zod');
    const { description } = ABOUT;
    const inputSchema = z.object({ at: z.number() });
    const tools = { look: ai.tool({ description, inputSchema, execute: ({ at }) => found(at) }) };
    const options = { tools, prompt: QUESTION, stopWhen: ai.stepCountIs(STEPS), maxRetries: 0 };
    const model = createOpenAI({ apiKey: 'bench', baseURL: url }).chat(MODEL);
    return async () => (await ai.generateText({ model, ...options })).text;
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
    return async () =>
      (await agent.invoke({ messages }, { recursionLimit: 3 * STEPS })).messages.at(-1)?.text ?? '';
  },
  ...Object.fromEntries(
    Object.entries(OURS).map(([name, of]) => [`${name}, in memory`, () => () => of(scripted())] as const),
  ),
};

interface Measured {
  /** Of a run, in milliseconds of the processor. */
  readonly cpuMs: number;
  readonly text: string;
}

/** One process: warms up, then takes the time. */
async function measure(name: string, url: string): Promise<Measured> {
  const contender = await CONTENDERS[name]?.(url);
  if (contender === undefined) throw new Error(`There is no ${name}.`);
  // In memory a run takes a tenth of the time.
  const runs = name.endsWith('in memory') ? RUNS * 10 : RUNS;
  let text = '';
  for (let at = 0; at < runs / 2; at++) text = await contender();
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (let at = 0; at < runs; at++) text = await contender();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 / runs, text };
}

function inItsOwnProcess(name: string, url: string): Measured {
  const flags = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', '--expose-gc'];
  const output = execFileSync(process.execPath, [...flags, import.meta.filename, name, url], {
    encoding: 'utf8',
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measured;
}

function report(medians: ReadonlyMap<string, number>, base: string): void {
  console.log('| | CPU ms a run | of the chats |\n| --- | --- | --- |');
  for (const [name, cpuMs] of medians)
    console.log(`| ${name} | ${cpuMs.toFixed(2)} | ${(cpuMs / (medians.get(base) ?? 0)).toFixed(2)} |`);
}

const [, , only, at] = process.argv;
if (only !== undefined) {
  console.log(JSON.stringify(await measure(only, at ?? '')));
} else {
  const { url, stop } = await startServer('tools-server.ts');
  const all = new Map<string, number[]>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of Object.keys(CONTENDERS)) {
        const { cpuMs, text } = inItsOwnProcess(name, url);
        if (text.trim() !== TEXT.trim()) throw new Error(`${name} gave another text: ${text.slice(0, 80)}`);
        all.set(name, [...(all.get(name) ?? []), cpuMs]);
      }
    }
  } finally {
    stop();
  }
  const medians = [...all].map(([name, values]) => [name, median(values)] as const);
  report(new Map(medians.filter(([name]) => !name.endsWith('in memory'))), 'chats');
  report(new Map(medians.filter(([name]) => name.endsWith('in memory'))), 'chats, in memory');
}
