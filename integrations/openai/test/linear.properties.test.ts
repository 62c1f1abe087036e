import { slowReadings } from '@mortise/conformance';
import * as openai from '@mortise/openai';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { perplexity } from '@mortise/openai/presets';
import { describe, expect, it } from 'vitest';

const answering = (text: string, status = 200, type = 'application/json') => ({
  model: 'm' as const,
  apiKey: 'k',
  retry: false as const,
  fetch: () => Promise.resolve(new Response(text, { status, headers: { 'content-type': type } })),
});
type Api = 'chat-completions' | 'responses';

function streamed(api: Api | typeof perplexity.api, events: readonly object[]): Promise<unknown> {
  const body = events
    .map((each) => {
      const { type } = each as { type?: string };
      return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(each)}\n\n`;
    })
    .join('');
  const connection = answering(`${body}data: [DONE]\n\n`, 200, 'text/event-stream');
  // The preset reads thoughts out of texts, and keeps members of events.
  const { wire } = perplexity;
  return new OpenAILLM({ ...connection, api, wire }).streamChat('q').final();
}

const chunk = (delta: object, reason: string | null = null): object => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: reason }],
});
const calls = (index: number, id: string | undefined, args: string): object =>
  chunk({
    tool_calls: [{ index, ...(id && { id }), type: 'function', function: { name: 'f', arguments: args } }],
  });
const source = (at: number): object => ({
  type: 'url_citation',
  url_citation: { url: `https://a/${at}`, title: 'a', start_index: at, end_index: at },
});
const completions = (events: readonly object[]): Promise<unknown> =>
  streamed('chat-completions', [...events, chunk({}, 'stop')]);

const message = (content: readonly object[] = []): object => ({
  type: 'message',
  id: 'm',
  role: 'assistant',
  content,
});
const functionCall = (at: number, args = ''): object => ({
  type: 'function_call',
  id: `i${at}`,
  call_id: `c${at}`,
  name: 'f',
  arguments: args,
});
const added = (at: number, item: object): object => ({
  type: 'response.output_item.added',
  output_index: at,
  item,
});
const done = (at: number, item: object): object => ({
  type: 'response.output_item.done',
  output_index: at,
  item,
});
const responses = (events: readonly object[], output: readonly object[]): Promise<unknown> =>
  streamed('responses', [
    { type: 'response.created', response: { id: 'r', model: 'm' } },
    ...events,
    { type: 'response.completed', response: { id: 'r', model: 'm', status: 'completed', output } },
  ]);

/** What a stream may bring again and again, a character of the text a piece. */
const STREAMS: { readonly [what: string]: (letters: readonly string[]) => Promise<unknown> } = {
  'pieces of a text': (letters) => completions(letters.map((content) => chunk({ content }))),
  'pieces of a thought in the text': (letters) =>
    streamed(perplexity.api, [
      ...['<', 'think', '>', ...letters.map((letter) => `${letter}<`), '</think>', ...letters].map(
        (content) => ({
          ...chunk({ content }),
          search_results: [],
        }),
      ),
      chunk({}, 'stop'),
    ]),
  'blanks before a text': (letters) =>
    streamed(perplexity.api, [
      ...letters.map(() => chunk({ content: ' ' })),
      chunk({ content: 'a' }, 'stop'),
    ]),
  'pieces of a refusal': (letters) => completions(letters.map((refusal) => chunk({ refusal }))),
  'pieces of reasoning': (letters) =>
    completions([...letters.map((letter) => chunk({ reasoning_content: letter })), chunk({ content: 'a' })]),
  'details of reasoning': (letters) =>
    completions([
      ...letters.map((letter) =>
        chunk({ reasoning_details: [{ type: 'reasoning.text', index: 0, text: letter }] }),
      ),
      chunk({ content: 'a' }),
    ]),
  'pieces of arguments, each with the name': (letters) =>
    completions([
      calls(0, 'c', '{"a":"'),
      ...letters.map(() => calls(0, undefined, 'a')),
      calls(0, undefined, '"}'),
    ]),
  calls: (letters) => completions(letters.map((_, at) => calls(at, `c${at}`, '{}'))),
  'calls in one place': (letters) => completions(letters.map((_, at) => calls(0, `c${at}`, '{}'))),
  annotations: (letters) =>
    completions([chunk({ content: 'a' }), ...letters.map((_, at) => chunk({ annotations: [source(at)] }))]),
  'responses, pieces of a text': (letters) => {
    const text = letters.join('');
    const whole = message([{ type: 'output_text', text, annotations: [] }]);
    const pieces = letters.map((letter) => ({
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      item_id: 'm',
      delta: letter,
    }));
    return responses([added(0, message()), ...pieces, done(0, whole)], [whole]);
  },
  'responses, pieces of arguments': (letters) => {
    const args = `{"a":"${'a'.repeat(letters.length)}"}`;
    const pieces = args.split('').map((letter) => ({
      type: 'response.function_call_arguments.delta',
      output_index: 0,
      item_id: 'i0',
      delta: letter,
    }));
    const whole = functionCall(0, args);
    return responses([added(0, functionCall(0)), ...pieces, done(0, whole)], [whole]);
  },
  'responses, calls': (letters) => {
    const whole = letters.map((_, at) => functionCall(at, '{}'));
    return responses(
      whole.flatMap((item, at) => [added(at, functionCall(at)), done(at, item)]),
      whole,
    );
  },
  'responses, messages': (letters) => {
    const whole = letters.map((text, at) => ({
      ...message([{ type: 'output_text', text, annotations: [] }]),
      id: `m${at}`,
    }));
    return responses(
      whole.flatMap((item, at) => [added(at, { ...item, content: [] }), done(at, item)]),
      whole,
    );
  },
};

describe('C-13: takes time in proportion to what it reads', () => {
  it.each(Object.entries(STREAMS))(
    'of a stream: %s',
    async (_, readOf) => {
      const read = (pieces: string): Promise<unknown> => readOf(pieces.split(''));
      expect(await read('aaa')).toHaveProperty('message');
      expect(await slowReadings(read, { length: 2_000, repeated: ['a', '"'], tails: [''] })).toEqual([]);
    },
    300_000,
  );

  it.each<[string, Api, number, string[]]>([
    ['an error', 'chat-completions', 400, ['', '{"error":{"message":"']],
    ['a reply', 'chat-completions', 200, ['', '{"choices":[{"message":{"content":"']],
    [
      'a response',
      'responses',
      200,
      ['', '{"status":"completed","output":[{"type":"message","content":[{"text":"'],
    ],
  ])(
    'of %s, whatever comes again and again',
    async (_, api, status, heads) => {
      const read = (body: string): Promise<unknown> =>
        new OpenAILLM({ ...answering(body, status), api }).chat('q');
      expect(await slowReadings(read, { heads, tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it('of vectors', async () => {
    const read = (body: string): Promise<unknown> => new OpenAIEmbedding(answering(body)).embedTexts(['a']);
    const heads = ['{"data":[{"embedding":[', '{"data":[{"embedding":"'];
    const repeated = ['0', '1,', 'A', '"', '[', ' '];
    expect(await slowReadings(read, { heads, repeated, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('through every reader that the package exports', () => {
    // What a class above reads with, and what writes requests.
    const read = [
      'chatCompletionsStream',
      'chatUsage',
      'fromChatCompletionsResponse',
      'fromEmbeddingResponse',
    ];
    const writing = Object.keys(openai).filter((name) => name.startsWith('to'));
    const all = [
      'OpenAIEmbedding',
      'OpenAILLM',
      'fromResponsesResponse',
      'responsesStream',
      ...read,
      ...writing,
    ];
    expect(Object.keys(openai).toSorted()).toEqual(all.toSorted());
  });
});
