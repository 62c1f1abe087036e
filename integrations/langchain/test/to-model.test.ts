import { describe, expect, it } from 'vitest';
import type { ChatReply, ContentBlock } from '@mortise/core/llm';
import { ScriptedLLM } from '@mortise/core/testing';
import { toLangChain } from '@mortise/langchain';

/** What a chat model of theirs does with what subclasses implement, as far as these tests need it. */
abstract class BaseChatModel {
  config: object = {};
  abstract _generate(
    messages: unknown[],
    options: object,
  ): Promise<{ generations: { message: Message; text: string }[] }>;
  abstract _streamResponseChunks(messages: unknown[], options: object): AsyncGenerator<{ message: Message }>;
  abstract bindTools(tools: unknown[], options?: object): BaseChatModel;
  readonly fields: object;
  constructor(fields: object) {
    this.fields = fields;
  }
  withConfig(config: object): BaseChatModel {
    return Object.assign(Object.create(this) as BaseChatModel, { config });
  }
  async invoke(messages: unknown[], options: object = {}): Promise<Message> {
    return (await this._generate(messages, { ...this.config, ...options })).generations[0]!.message;
  }
  async chunks(messages: unknown[], options: object = {}): Promise<Message[]> {
    const all: Message[] = [];
    for await (const { message } of this._streamResponseChunks(messages, options)) all.push(message);
    return all;
  }
}

interface Message {
  content: unknown;
  tool_calls?: unknown;
  tool_call_chunks?: unknown;
  invalid_tool_calls?: unknown;
  additional_kwargs?: { mortise?: unknown };
  usage_metadata?: unknown;
  response_metadata?: unknown;
}

class AIMessageChunk {
  constructor(fields: object) {
    Object.assign(this, { type: 'ai' }, fields);
  }
}

class ChatGenerationChunk extends AIMessageChunk {}

const parts = {
  BaseChatModel,
  AIMessageChunk,
  ChatGenerationChunk,
  convertToOpenAITool: ({ name, schema }: { name: string; schema: object }) => ({
    type: 'function',
    function: { name, description: 'converted', parameters: schema },
  }),
};

const reply = (content: readonly ContentBlock[], more: Partial<ChatReply> = {}): ChatReply => ({
  content,
  finishReason: { unified: 'stop', raw: 'end_turn' },
  ...more,
});

describe('a model of ours as theirs', () => {
  it('repeats nothing by itself', () => {
    expect(toLangChain(new ScriptedLLM({ replies: [] }), parts).fields).toEqual({ maxRetries: 0 });
  });

  it('takes their messages and options, and gives a message with usage and the end', async () => {
    const usage = { inputTokens: 9, outputTokens: 4, cachedInputTokens: 3, reasoningTokens: 1 };
    const llm = new ScriptedLLM({
      replies: [reply([{ type: 'text', text: 'yes' }], { usage, id: 'r', model: 'm-1' })],
    });
    const message = await toLangChain(llm, parts).invoke(
      [
        { type: 'system', content: 's' },
        { type: 'human', content: 'q' },
      ],
      { stop: ['END'], temperature: 0.5, maxTokens: 9, providerOptions: { scripted: { a: 1 } } },
    );
    expect(llm.requests).toMatchObject([
      {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'q' },
        ],
        ...{ stop: ['END'], temperature: 0.5, maxOutputTokens: 9, providerOptions: { scripted: { a: 1 } } },
      },
    ]);
    expect(message).toEqual({
      ...{
        type: 'ai',
        content: 'yes',
        id: 'r',
        tool_calls: [],
        invalid_tool_calls: [],
        additional_kwargs: {},
      },
      usage_metadata: {
        ...{ input_tokens: 9, output_tokens: 4, total_tokens: 13 },
        ...{ input_token_details: { cache_read: 3 }, output_token_details: { reasoning: 1 } },
      },
      response_metadata: {
        ...{ finish_reason: 'end_turn', model_name: 'm-1' },
        mortise: { provider: 'scripted', finishReason: 'stop' },
      },
    });
  });

  it.each([
    ['any', 'required'],
    ['auto', 'auto'],
    ['f', { tool: 'f' }],
    [{ type: 'function', function: { name: 'f' } }, { tool: 'f' }],
    [{ type: 'tool', name: 'f' }, { tool: 'f' }],
    [{ type: 'any' }, 'required'],
  ])('binds tools of theirs, and chooses among them: %j', async (tool_choice, toolChoice) => {
    const llm = new ScriptedLLM({ replies: ['yes'] });
    const schema = { type: 'object' };
    const bound = toLangChain(llm, parts).bindTools([{ name: 'f', schema, invoke: () => 0 }], {
      tool_choice,
    });
    await bound.invoke([{ type: 'human', content: 'q' }]);
    expect(llm.requests[0]).toMatchObject({
      tools: [{ name: 'f', description: 'converted', parameters: schema }],
      toolChoice,
    });
  });

  it('is strict where it is told so, and nowhere else', async () => {
    const llm = new ScriptedLLM({ replies: ['a', 'b'] });
    const model = toLangChain(llm, parts);
    // In LangChain.js it says that schemas of tools are held to.
    await model.invoke(['q'], { strict: true });
    await model.invoke(['q'], { mortise: { strict: true } });
    expect(llm.requests.map(({ strict }) => strict)).toEqual([false, true]);
  });

  it('keeps all that is said of a document', async () => {
    const llm = new ScriptedLLM({ replies: ['a'] });
    const block = { type: 'document', source: { text: 't' }, title: 'T', context: 'C', citations: false };
    const messages = [{ role: 'user', content: [block as ContentBlock] } as const];
    await toLangChain(llm, parts).invoke(toLangChain(messages));
    expect(llm.requests[0]?.messages).toEqual(messages);
  });

  it('takes the response format of their agents, and refuses what it does not know', async () => {
    const llm = new ScriptedLLM({
      replies: ['{}'],
      metadata: { capabilities: { structuredOutput: 'native' } },
    });
    const model = toLangChain(llm, parts);
    const schema = { type: 'object' };
    await model.invoke([{ type: 'human', content: 'q' }], {
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
    });
    expect(llm.requests[0]?.responseFormat).toEqual({ type: 'json', name: 'n', schema });
    for (const options of [{ response_format: { type: 'xml' } }, { tool_choice: { type: 'allowed_tools' } }])
      await expect(model.invoke(['q'], options)).rejects.toMatchObject({ code: 'unsupported' });
  });

  const opaque: ContentBlock[] = [
    { type: 'reasoning', text: 'hm', signature: 'c2ln', providerMetadata: { scripted: { a: 1 } } },
    { type: 'tool-call', id: 'c1', name: 'f', arguments: { a: 1 }, providerMetadata: { scripted: { b: 2 } } },
    { type: 'text', text: 'so' },
    { type: 'scripted:search', value: { q: 1 } },
  ];

  it('gets back what is opaque in its replies, unless the message was edited', async () => {
    const llm = new ScriptedLLM({
      replies: [reply(opaque), 'a', 'b'],
      metadata: { capabilities: { tools: true } },
    });
    const model = toLangChain(llm, parts);
    const message = JSON.parse(JSON.stringify(await model.invoke(['q']))) as Message;
    expect(message).toMatchObject({
      content: [
        { type: 'reasoning', reasoning: 'hm', signature: 'c2ln' },
        { type: 'text', text: 'so' },
      ],
      tool_calls: [{ type: 'tool_call', id: 'c1', name: 'f', args: { a: 1 } }],
    });
    await model.invoke(['q', message]);
    expect(llm.requests[1]?.messages[1]?.content).toEqual(opaque);
    await model.invoke(['q', { ...message, content: 'edited' }]);
    expect(llm.requests[2]?.messages[1]?.content).toEqual([
      { type: 'text', text: 'edited' },
      { type: 'tool-call', id: 'c1', name: 'f', arguments: { a: 1 } },
    ]);
  });

  it('streams a text as strings, calls in pieces, and the rest at the end', async () => {
    const content: ContentBlock[] = [
      { type: 'text', text: 'hello' },
      { type: 'tool-call', id: 'c1', name: 'f', arguments: { a: 1 } },
    ];
    const usage = { inputTokens: 1, outputTokens: 2 };
    const llm = new ScriptedLLM({ replies: [reply(content, { usage })] });
    const chunks = await toLangChain(llm, parts).chunks(['q']);
    expect(chunks.map(({ content: text }) => text).join('')).toBe('hello');
    const pieces = chunks.flatMap(
      ({ tool_call_chunks: calls }) => (calls ?? []) as { args: string; index: number }[],
    );
    expect(pieces[0]).toMatchObject({ id: 'c1', name: 'f', index: 1 });
    expect(pieces.map(({ args }) => args).join('')).toBe('{"a":1}');
    expect(chunks.at(-1)).toMatchObject({
      usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
      response_metadata: { finish_reason: 'end_turn' },
    });
  });

  it('streams reasoning and what follows as blocks by their place', async () => {
    const llm = new ScriptedLLM({
      replies: [
        reply([
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'so' },
        ]),
      ],
    });
    const chunks = await toLangChain(llm, parts).chunks(['q']);
    expect(chunks.flatMap(({ content }) => content)).toEqual([
      { type: 'reasoning', reasoning: 'hm', index: 0 },
      { type: 'text', text: 'so', index: 1 },
    ]);
  });
});
