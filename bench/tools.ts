/**
 * The CPU of a run of tools beside that of the calls that it makes: 20 chats of one conversation, the same by
 * `runTools`, and both streamed, against a server on loopback; then by a model in memory, where nothing but the loop is left.
 * `STEPS` (20) steps, `RUNS` (20) runs in a round, ten times as many in memory.
 */
import { toolCallBlock, type ChatMessage, type ChatResponse, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { OpenAILLM } from '@mortise/openai';
import { runTools, streamTools, tool, type ToolsState } from '@mortise/toolkit';
import { compare, startServer, table, type Contender } from './measure.ts';

const STEPS = Number(process.env['STEPS'] ?? 20);
const RUNS = Number(process.env['RUNS'] ?? 20);

const look = tool({
  name: 'look',
  description: 'Looks something up.',
  parameters: { type: 'object', properties: { at: { type: 'number' } } },
  execute: ({ at }) => `Found ${Number(at)}.`,
});
const text = 'A mortise is a hole in one piece of wood, cut to take the tenon of another. '.repeat(4);
const reply = (step: number) => [
  { type: 'text' as const, text },
  ...(step < STEPS ? [toolCallBlock(`call_${step}`, 'look', `{"at": ${step}}`)] : []),
];
const scripted = (): LLM =>
  new ScriptedLLM({ replies: Array.from({ length: STEPS }, (_, at) => reply(at + 1)), pieceLength: 16 });

/** A conversation of 20 chats, each with what a run would have answered: what differs is the loop. */
async function chats(ask: (messages: ChatMessage[]) => Promise<ChatResponse>): Promise<string> {
  const messages: ChatMessage[] = [{ role: 'user', content: 'x' }];
  for (let step = 1; ; step++) {
    const { message, text: last } = await ask([...messages]);
    if (step === STEPS) return last;
    const answer = { toolCallId: `call_${step}`, toolName: 'look', content: `Found ${step}.` };
    messages.push(message, { role: 'tool', content: [{ type: 'tool-result', ...answer }] });
  }
}

const options = { tools: [look], maxSteps: STEPS };

function contenders(model: () => LLM, runs: number): [whole: Contender[], streamed: Contender[]] {
  const contender = (name: string, run: () => Promise<string>): Contender => ({
    name,
    async run() {
      let last = '';
      for (let at = 0; at < runs; at++) last = await run();
      return last;
    },
  });
  const whole = [
    contender(`${STEPS} chats`, () => {
      const llm = model();
      return chats((messages) => llm.chat(messages, { tools: [look] }));
    }),
    contender(`runTools, ${STEPS} steps`, async () => (await runTools(model(), 'x', options)).text),
    contender('the same, its state kept', async () => {
      const kept: ToolsState[] = [];
      const onState = (state: ToolsState): void => void kept.push(state);
      return (await runTools(model(), 'x', { ...options, onState })).text;
    }),
  ];
  const streamed = [
    contender(`${STEPS} streams`, () => {
      const llm = model();
      return chats(async (messages) => {
        const stream = llm.streamChat(messages, { tools: [look] });
        for await (const _event of stream);
        return stream.final();
      });
    }),
    contender(`streamTools, ${STEPS} steps`, async () => {
      const stream = streamTools(model(), 'x', options);
      for await (const _event of stream);
      return (await stream.final()).text;
    }),
  ];
  return [whole, streamed];
}

const { url, stop } = await startServer('tools-server.ts');
try {
  const remote = new OpenAILLM({
    model: `steps-${STEPS}`,
    api: 'chat-completions',
    apiKey: 'bench',
    baseURL: url,
  });
  for (const each of contenders(() => remote, RUNS)) console.log(table('By a server', await compare(each)));
} finally {
  stop();
}
for (const each of contenders(scripted, RUNS * 10)) console.log(table('In memory', await compare(each)));
