import type { ChatMessage, ToolDefinition } from '@mortise/core/llm';
import type { AnswerPart, WireAnswer } from '../dialects/contract.ts';
import { CALL, PARALLEL_CALLS, REASONING, TEXT } from './answers.ts';
import {
  bothWays,
  checkResponse,
  collect,
  connect,
  telling,
  WAYS,
  type LLMCase,
  type LLMTrial,
} from './lab.ts';
import { sameBothWays } from './reply-cases.ts';
import { sentBody } from './sent.ts';

const TOOLS = ['tools'];
const STREAMED_TOOLS = ['tools', 'streaming'];

export const WEATHER: ToolDefinition = {
  name: 'weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'array', items: { type: 'integer' } } },
    required: ['city'],
  },
};
const NOW: ToolDefinition = { name: 'now', parameters: { type: 'object', properties: {} } };
const tools = [WEATHER, NOW];

/** Tool calls, in and out, and what must go back with them. */
export const toolCases: readonly LLMCase[] = [
  {
    id: 'tools.definitions',
    rule: 'L-07',
    title: 'sends the tools with their schemas',
    requires: TOOLS,
    async run(trial) {
      const body = await sentBody(trial, 'Hi', { tools });
      const sent = trial.subject.dialect.request.tools(body);
      const expected = tools.map(({ name, parameters }) => ({ name, parameters }));
      trial.check.equal(sent, expected, 'the tools');
    },
  },
  {
    id: 'tools.descriptions',
    rule: 'L-07',
    title: 'sends what each tool is for',
    requires: [...TOOLS, 'wire:tool-description'],
    async run(trial) {
      const body = await sentBody(trial, 'Hi', { tools });
      const [sent] = trial.subject.dialect.request.toolDescriptions?.(body) ?? [];
      trial.check.equal(sent, WEATHER.description, 'the description');
    },
  },
  {
    id: 'tools.choice',
    rule: 'L-07',
    title: 'sends which tool must be called',
    requires: ['tools', 'toolChoice', 'wire:tool-choice'],
    async run(trial) {
      const { request } = trial.subject.dialect;
      const named = await sentBody(trial, 'Hi', { tools, toolChoice: { tool: 'now' } });
      trial.check.equal(request.toolChoice?.(named), 'now', 'the named tool');
      const required = await sentBody(trial, 'Hi', { tools, toolChoice: 'required' });
      trial.check.equal(request.toolChoice?.(required), 'required', 'some tool');
    },
  },
  {
    id: 'tools.choice.none',
    rule: 'L-07',
    title: 'says that no tool may be called, or sends none',
    requires: ['tools', 'toolChoice', 'wire:tool-choice'],
    async run(trial) {
      const { request } = trial.subject.dialect;
      const body = await sentBody(trial, 'Hi', { tools, toolChoice: 'none' });
      const choice = request.tools(body).length === 0 ? 'none' : request.toolChoice?.(body);
      trial.check.equal(choice, 'none', 'the choice, beside tools');
    },
  },
  {
    id: 'tools.call',
    rule: 'L-04',
    title: 'puts a call together from its fragments',
    requires: STREAMED_TOOLS,
    run: (trial) => sameBothWays(trial, CALL),
  },
  {
    id: 'tools.call.whole',
    rule: 'L-07',
    title: 'reads a call of a whole reply',
    requires: TOOLS,
    async run(trial) {
      const { llm } = await connect(trial, telling(trial.subject.dialect, PARALLEL_CALLS));
      checkResponse(trial, await llm.chat('Hi', { tools }), PARALLEL_CALLS);
    },
  },
  {
    id: 'tools.call.events',
    rule: 'L-03',
    title: 'names a call before its arguments come',
    requires: STREAMED_TOOLS,
    async run(trial) {
      const { llm } = await connect(trial, telling(trial.subject.dialect, CALL));
      const events = await collect(llm.streamChat('Hi', { tools }));
      const start = events.findIndex(({ type }) => type === 'tool-call-start');
      const first = events.findIndex(({ type }) => type === 'tool-call-delta');
      const { id, name } = (events[start] ?? {}) as { id?: unknown; name?: unknown };
      trial.check.equal({ id, name }, { id: 'call_a', name: 'weather' }, 'the start of the call');
      trial.check.ok(first > start, 'the arguments come after the start');
      const text = events
        .flatMap((event) => (event.type === 'tool-call-delta' ? [event.delta] : []))
        .join('');
      trial.check.equal(text, '{"city": "Röm", "days": 3}', 'the fragments, joined');
    },
  },
  {
    id: 'tools.parallel',
    rule: 'L-03',
    title: 'keeps parallel calls apart',
    requires: [...STREAMED_TOOLS, 'parallelTools'],
    run: (trial) => sameBothWays(trial, PARALLEL_CALLS),
  },
  {
    id: 'tools.parallel.interleaved',
    rule: 'L-03',
    title: 'puts interleaved parallel calls together by their index',
    requires: [...STREAMED_TOOLS, 'parallelTools', 'wire:interleaved'],
    async run(trial) {
      const { dialect } = trial.subject;
      const { llm } = await connect(
        trial,
        telling(dialect, PARALLEL_CALLS, { shape: { interleaved: true } }),
      );
      checkResponse(trial, await llm.streamChat('Hi', { tools }).final(), PARALLEL_CALLS);
    },
  },
  ...emptyArguments().map(([what, pieces]): LLMCase => ({
    id: `tools.arguments.${what}`,
    rule: 'L-07',
    title: `reads ${what} arguments as an empty object`,
    requires: TOOLS,
    run: (trial) => bothWays(trial, (way) => checkCall(trial, way, pieces)),
  })),
  {
    id: 'tools.arguments.invalid',
    rule: 'L-07',
    title: 'marks arguments that are not JSON, and keeps their text',
    requires: STREAMED_TOOLS,
    run: (trial) => invalidArguments(trial, 'streamChat'),
  },
  {
    id: 'tools.arguments.invalid.whole',
    rule: 'L-07',
    title: 'marks arguments of a whole reply that are not JSON',
    requires: [...TOOLS, 'wire:argument-text'],
    run: (trial) => invalidArguments(trial, 'chat'),
  },
  {
    id: 'tools.round-trip',
    rule: 'L-07',
    title: 'sends calls and their results back',
    requires: TOOLS,
    async run(trial) {
      const { request } = trial.subject.dialect;
      const { llm } = await connect(trial, telling(trial.subject.dialect, PARALLEL_CALLS));
      const { message, toolCalls } = await llm.chat('Hi', { tools });
      const results: ChatMessage = {
        role: 'tool',
        content: toolCalls.map(({ id }) => ({
          type: 'tool-result',
          toolCallId: id,
          content: `result of ${id}`,
        })),
      };
      const body = await sentBody(trial, [{ role: 'user', content: 'Hi' }, message, results], { tools });
      const expected = toolCalls.map(({ id }) => ({ id, text: `result of ${id}` }));
      trial.check.equal(request.toolResults(body), expected, 'the results');
      trial.check.equal(
        request
          .toolCalls(body)
          .map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown })),
        toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args })),
        'the calls',
      );
    },
  },
  {
    id: 'reasoning.signature',
    rule: 'C-07',
    title: 'sends signed reasoning back byte for byte, through JSON and out of a stream too',
    requires: ['reasoning', 'wire:signature'],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm } = await connect(trial, telling(trial.subject.dialect, REASONING));
        const { message } = await WAYS[way](llm);
        const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
        const messages: ChatMessage[] = [
          { role: 'user', content: 'Hi' },
          carried,
          { role: 'user', content: 'Go on' },
        ];
        const body = await sentBody(trial, messages);
        const { request } = trial.subject.dialect;
        trial.check.equal(request.signatures?.(body), ['c2lnbmF0dXJlL+=='], `${way}: the signatures`);
      }),
  },
  {
    id: 'reasoning.text',
    rule: 'L-03',
    title: 'keeps reasoning apart from the text',
    requires: ['reasoning'],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm } = await connect(trial, telling(trial.subject.dialect, REASONING));
        const { message, text } = await WAYS[way](llm);
        const types = message.content.map(({ type }) => type);
        const [first] = message.content;
        trial.check.equal(types, ['reasoning', 'text'], `${way}: the blocks`);
        trial.check.equal(
          first?.type === 'reasoning' && first.text,
          'First things first.',
          `${way}: the reasoning`,
        );
        trial.check.equal(text, 'It is 42.', `${way}: the text`);
      }),
  },
];

function emptyArguments(): [what: string, pieces: readonly string[] | null][] {
  return [
    ['empty', []],
    ['null', null],
  ];
}

async function checkCall(
  trial: LLMTrial,
  way: keyof typeof WAYS,
  pieces: readonly string[] | null,
): Promise<void> {
  const part: AnswerPart = { type: 'tool-call', id: 'call_a', name: 'now', pieces };
  const answer: WireAnswer = { ...TEXT, parts: [part], finish: 'tool-calls' };
  const { llm } = await connect(trial, telling(trial.subject.dialect, answer));
  const [call] = (await WAYS[way](llm, 'Hi', { tools })).toolCalls;
  const { id, name, arguments: args, invalid } = call ?? {};
  const expected = { id: 'call_a', name: 'now', args: {}, invalid: undefined };
  trial.check.equal({ id, name, args, invalid }, expected, `${way}: the call`);
}

async function invalidArguments(trial: LLMTrial, way: keyof typeof WAYS): Promise<void> {
  const part: AnswerPart = {
    type: 'tool-call',
    id: 'call_a',
    name: 'weather',
    pieces: ['{"city": "Ro', 'me', '"'],
  };
  const answer: WireAnswer = { ...TEXT, parts: [part], finish: 'tool-calls' };
  const { llm } = await connect(trial, telling(trial.subject.dialect, answer));
  const [call] = (await WAYS[way](llm, 'Hi', { tools })).toolCalls;
  const { id, name, arguments: args, invalid, argumentsText } = call ?? {};
  const expected = {
    id: 'call_a',
    name: 'weather',
    args: {},
    invalid: true,
    argumentsText: '{"city": "Rome"',
  };
  trial.check.equal({ id, name, args, invalid, argumentsText }, expected, 'the call');
}
