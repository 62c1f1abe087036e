import type { ChatMessage, ToolDefinition } from '@mortise/core/llm';
import type { AnswerPart, WireAnswer } from '../dialects/contract.ts';
import { CALL, PARALLEL_CALLS, REASONING, TEXT } from './answers.ts';
import {
  forEachMethod,
  checkResponse,
  collect,
  connect,
  respondWith,
  METHODS,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';
import { sameByEveryMethod } from './reply-cases.ts';
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
    async run(context) {
      const body = await sentBody(context, 'Hi', { tools });
      const sent = context.subject.dialect.request.tools(body);
      const expected = tools.map(({ name, parameters }) => ({ name, parameters }));
      context.check.equal(sent, expected, 'the tools');
    },
  },
  {
    id: 'tools.descriptions',
    rule: 'L-07',
    title: 'sends what each tool is for',
    requires: [...TOOLS, 'wire:tool-description'],
    async run(context) {
      const body = await sentBody(context, 'Hi', { tools });
      const [sent] = context.subject.dialect.request.toolDescriptions?.(body) ?? [];
      context.check.equal(sent, WEATHER.description, 'the description');
    },
  },
  {
    id: 'tools.choice',
    rule: 'L-07',
    title: 'sends which tool must be called',
    requires: ['tools', 'toolChoice', 'wire:tool-choice'],
    async run(context) {
      const { request } = context.subject.dialect;
      const named = await sentBody(context, 'Hi', { tools, toolChoice: { tool: 'now' } });
      context.check.equal(request.toolChoice?.(named), 'now', 'the named tool');
      const required = await sentBody(context, 'Hi', { tools, toolChoice: 'required' });
      context.check.equal(request.toolChoice?.(required), 'required', 'some tool');
    },
  },
  {
    id: 'tools.choice.some',
    rule: 'C-08',
    title: 'says which of the tools may be called, or sends those alone',
    requires: TOOLS,
    async run(context) {
      const { check, subject } = context;
      const body = await sentBody(context, 'Hi', { tools, toolChoice: { tools: ['now'] } });
      const sent = subject.dialect.request.tools(body).map(({ name }) => name);
      if (subject.declares.allowedTools !== true) return check.equal(sent, ['now'], 'the tools');
      check.equal(sent, ['weather', 'now'], 'the tools');
      const { tools: _tools, ...rest } = body;
      check.ok(JSON.stringify(rest).includes('"now"'), 'the choice names the tool');
    },
  },
  {
    id: 'tools.choice.none',
    rule: 'L-07',
    title: 'says that no tool may be called, or sends none',
    requires: ['tools', 'toolChoice', 'wire:tool-choice'],
    async run(context) {
      const { request } = context.subject.dialect;
      const body = await sentBody(context, 'Hi', { tools, toolChoice: 'none' });
      const choice = request.tools(body).length === 0 ? 'none' : request.toolChoice?.(body);
      context.check.equal(choice, 'none', 'the choice, beside tools');
    },
  },
  {
    id: 'tools.call',
    rule: 'L-04',
    title: 'puts a call together from its fragments',
    requires: STREAMED_TOOLS,
    run: (context) => sameByEveryMethod(context, CALL),
  },
  {
    id: 'tools.call.whole',
    rule: 'L-07',
    title: 'reads a call of a whole reply',
    requires: TOOLS,
    async run(context) {
      const { llm } = await connect(context, respondWith(context.subject.dialect, PARALLEL_CALLS));
      checkResponse(context, await llm.chat('Hi', { tools }), PARALLEL_CALLS);
    },
  },
  {
    id: 'tools.call.events',
    rule: 'L-03',
    title: 'names a call before its arguments come',
    requires: STREAMED_TOOLS,
    async run(context) {
      const { llm } = await connect(context, respondWith(context.subject.dialect, CALL));
      const events = await collect(llm.streamChat('Hi', { tools }));
      const start = events.findIndex(({ type }) => type === 'tool-call-start');
      const first = events.findIndex(({ type }) => type === 'tool-call-delta');
      const { id, name } = (events[start] ?? {}) as { id?: unknown; name?: unknown };
      context.check.equal({ id, name }, { id: 'callAlpha', name: 'weather' }, 'the start of the call');
      const text = events
        .flatMap((event) => (event.type === 'tool-call-delta' ? [event.delta] : []))
        .join('');
      const block = events.findIndex((event) => event.type === 'block' && event.block.type === 'tool-call');
      context.check.ok(block > start, 'the block comes after the start');
      // Objects have no fragments: then the call is its block.
      if (context.subject.dialect.without['argument-pieces'] !== undefined && text === '') return;
      context.check.ok(first > start, 'the arguments come after the start');
      const args = '{"city": "Röm", "days": 3}';
      if (context.subject.dialect.without['argument-pieces'] === undefined)
        context.check.equal(text, args, 'the fragments, joined');
      else context.check.equal(JSON.parse(text), JSON.parse(args), 'the fragments, joined');
    },
  },
  {
    id: 'tools.parallel',
    rule: 'L-03',
    title: 'keeps parallel calls apart',
    requires: [...STREAMED_TOOLS, 'parallelTools'],
    run: (context) => sameByEveryMethod(context, PARALLEL_CALLS),
  },
  {
    id: 'tools.parallel.interleaved',
    rule: 'L-03',
    title: 'puts interleaved parallel calls together by their index',
    requires: [...STREAMED_TOOLS, 'parallelTools', 'wire:interleaved'],
    async run(context) {
      const { dialect } = context.subject;
      const { llm } = await connect(
        context,
        respondWith(dialect, PARALLEL_CALLS, { shape: { interleaved: true } }),
      );
      checkResponse(context, await llm.streamChat('Hi', { tools }).final(), PARALLEL_CALLS);
    },
  },
  ...emptyArguments().map(([what, pieces]): LLMCase => ({
    id: `tools.arguments.${what}`,
    rule: 'L-07',
    title: `reads ${what} arguments as an empty object`,
    requires: TOOLS,
    run: (context) => forEachMethod(context, (method) => checkCall(context, method, pieces)),
  })),
  {
    id: 'tools.arguments.invalid',
    rule: 'L-07',
    title: 'marks arguments that are not JSON, and keeps their text',
    requires: [...STREAMED_TOOLS, 'wire:argument-pieces'],
    run: (context) => invalidArguments(context, 'streamChat'),
  },
  {
    id: 'tools.arguments.invalid.whole',
    rule: 'L-07',
    title: 'marks arguments of a whole reply that are not JSON',
    requires: [...TOOLS, 'wire:argument-text'],
    run: (context) => invalidArguments(context, 'chat'),
  },
  {
    id: 'tools.round-trip',
    rule: 'L-07',
    title: 'sends calls and their results back',
    requires: TOOLS,
    async run(context) {
      const { request } = context.subject.dialect;
      const { llm } = await connect(context, respondWith(context.subject.dialect, PARALLEL_CALLS));
      const { message, toolCalls } = await llm.chat('Hi', { tools });
      const results: ChatMessage = {
        role: 'tool',
        content: toolCalls.map(({ id }) => ({
          type: 'tool-result',
          toolCallId: id,
          content: `result of ${id}`,
        })),
      };
      const body = await sentBody(context, [{ role: 'user', content: 'Hi' }, message, results], { tools });
      const expected = toolCalls.map(({ id }) => ({ id, text: `result of ${id}` }));
      context.check.equal(request.toolResults(body), expected, 'the results');
      context.check.equal(
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
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, REASONING));
        const { message } = await METHODS[method](llm);
        const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
        const messages: ChatMessage[] = [
          { role: 'user', content: 'Hi' },
          carried,
          { role: 'user', content: 'Go on' },
        ];
        const body = await sentBody(context, messages);
        const { request } = context.subject.dialect;
        context.check.equal(request.signatures?.(body), ['c2lnbmF0dXJlL+=='], `${method}: the signatures`);
      }),
  },
  {
    id: 'reasoning.text',
    rule: 'L-03',
    title: 'keeps reasoning apart from the text',
    requires: ['reasoning'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, REASONING));
        const { message, text } = await METHODS[method](llm);
        const types = message.content.map(({ type }) => type);
        const [first] = message.content;
        context.check.equal(types, ['reasoning', 'text'], `${method}: the blocks`);
        context.check.equal(
          first?.type === 'reasoning' && first.text,
          'First things first.',
          `${method}: the reasoning`,
        );
        context.check.equal(text, 'It is 42.', `${method}: the text`);
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
  context: LLMCaseContext,
  method: keyof typeof METHODS,
  pieces: readonly string[] | null,
): Promise<void> {
  const part: AnswerPart = { type: 'tool-call', id: 'callAlpha', name: 'now', pieces };
  const answer: WireAnswer = { ...TEXT, parts: [part], finish: 'tool-calls' };
  const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
  const [call] = (await METHODS[method](llm, 'Hi', { tools })).toolCalls;
  const { id, name, arguments: args, invalid } = call ?? {};
  const expected = { id: 'callAlpha', name: 'now', args: {}, invalid: undefined };
  context.check.equal({ id, name, args, invalid }, expected, `${method}: the call`);
}

async function invalidArguments(context: LLMCaseContext, method: keyof typeof METHODS): Promise<void> {
  const part: AnswerPart = {
    type: 'tool-call',
    id: 'callAlpha',
    name: 'weather',
    pieces: ['{"city": "Ro', 'me', '"'],
  };
  const answer: WireAnswer = { ...TEXT, parts: [part], finish: 'tool-calls' };
  const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
  const [call] = (await METHODS[method](llm, 'Hi', { tools })).toolCalls;
  const { id, name, arguments: args, invalid, argumentsText } = call ?? {};
  const expected = {
    id: 'callAlpha',
    name: 'weather',
    args: {},
    invalid: true,
    argumentsText: '{"city": "Rome"',
  };
  context.check.equal({ id, name, args, invalid, argumentsText }, expected, 'the call');
}
