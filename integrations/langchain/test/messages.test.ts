import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, type ChatMessage, type ContentBlock } from '@mortise/core/llm';
import { fromLangChain, toLangChain } from '@mortise/langchain';

describe('messages of theirs', () => {
  it('are read as instances, members, pairs, texts and what JSON made of them', () => {
    const instance = Object.assign(Object.create({ _getType: () => 'ai' }) as object, {
      type: 'ai',
      content: 'a',
    });
    const serialised = {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', 'HumanMessage'],
      kwargs: { content: 'h' },
    };
    const given = [instance, { role: 'user', content: 'u' }, ['system', 's'], 't', serialised];
    expect(fromLangChain(given as { content: unknown }[])).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: 'a' }] },
      { role: 'user', content: 'u' },
      { role: 'system', content: 's' },
      { role: 'user', content: 't' },
      { role: 'user', content: 'h' },
    ]);
  });

  it.each([
    { type: 'remove', id: '1', content: '' },
    { type: 'function', name: 'f', content: '' },
  ])('without a counterpart are refused: %j', (message) => {
    expect(() => fromLangChain([message])).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('hold media in either version of the standard blocks, and in the words of OpenAI', () => {
    const content = [
      { type: 'image', url: 'https://a/b.png', mimeType: 'image/png' },
      {
        type: 'image',
        source_type: 'base64',
        data: 'aGk=',
        mime_type: 'image/png',
        metadata: { detail: 'low' },
      },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=', detail: 'high' } },
      { type: 'image_url', image_url: 'https://a/c.png' },
      { type: 'audio', data: 'aGk=', mimeType: 'audio/mp3' },
      { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } },
      {
        type: 'file',
        source_type: 'base64',
        data: 'aGk=',
        mime_type: 'application/pdf',
        metadata: { filename: 'a.pdf' },
      },
      { type: 'text-plain', text: 'words', title: 'T', context: 'C' },
      { type: 'text', source_type: 'text', text: 'words' },
      { type: 'video', url: 'https://a/v.mp4' },
      { type: 'file', fileId: 'file-1' },
    ];
    expect(blocksOf(fromLangChain({ type: 'human', content }))).toEqual([
      { type: 'image', source: { url: 'https://a/b.png', mediaType: 'image/png' } },
      { type: 'image', source: { data: 'aGk=', mediaType: 'image/png' }, detail: 'low' },
      { type: 'image', source: { data: 'aGk=', mediaType: 'image/png' }, detail: 'high' },
      { type: 'image', source: { url: 'https://a/c.png' } },
      { type: 'audio', source: { data: 'aGk=', mediaType: 'audio/mp3' } },
      { type: 'audio', source: { data: 'aGk=', mediaType: 'audio/wav' } },
      { type: 'document', source: { data: 'aGk=', mediaType: 'application/pdf' }, title: 'a.pdf' },
      { type: 'document', source: { text: 'words' }, title: 'T', context: 'C' },
      { type: 'document', source: { text: 'words' } },
      { type: 'video', source: { url: 'https://a/v.mp4' } },
      { type: 'langchain:file', value: { type: 'file', fileId: 'file-1' } },
    ]);
  });

  it('of tools keep failures and artifacts, and an artifact that is no JSON is refused', () => {
    const message = {
      type: 'tool',
      content: 'no',
      tool_call_id: 'c',
      name: 'f',
      status: 'error',
      artifact: { rows: [1] },
    };
    const told = fromLangChain([message]);
    expect(told).toEqual([
      {
        role: 'tool',
        content: [
          {
            ...{ type: 'tool-result', toolCallId: 'c', toolName: 'f', content: 'no', isError: true },
            providerMetadata: { langchain: { artifact: { rows: [1] } } },
          },
        ],
      },
    ]);
    expect(toLangChain(told)).toEqual([message]);
    const artifact = new Map();
    expect(() => fromLangChain([{ ...message, artifact } as { content: string }])).toThrow(/artifact/);
  });

  it('cite in the words of the standard, of Anthropic and of OpenAI', () => {
    const annotations = [
      { type: 'citation', url: 'u', title: 't', citedText: 'q', startIndex: 0, endIndex: 2 },
      { type: 'url_citation', url: 'v', start_index: 1, end_index: 3 },
    ];
    const citations = [{ type: 'page_location', cited_text: 'w', document_title: 'D', document_index: 0 }];
    const [block] = fromLangChain({
      type: 'ai',
      content: [{ type: 'text', text: 'x', annotations, citations }],
    }).content;
    expect((block as { citations?: unknown }).citations).toEqual([
      { type: 'citation', url: 'u', title: 't', quote: 'q', start: 0, end: 2 },
      { type: 'citation', url: 'v', start: 1, end: 3 },
      { type: 'citation', quote: 'w', title: 'D', source: 0 },
    ]);
  });
});

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const media = (type: 'image' | 'audio') =>
  fc.record({
    type: fc.constant(type),
    source: fc.record({
      data: fc.constantFrom('aGk=', 'AA=='),
      mediaType: fc.constantFrom(`${type}/png`, `${type}/mp3`),
    }),
  });
const document = fc.record(
  {
    type: fc.constant('document' as const),
    source: fc.oneof(
      fc.record({ text }),
      fc.record({ data: fc.constant('aGk='), mediaType: fc.constant('application/pdf') }),
      fc.record({ url: fc.constant('https://a/b.pdf'), mediaType: fc.constant('application/pdf') }),
    ),
    title: text.filter((title) => title !== 'document'),
    context: text,
    citations: fc.constant(true),
  },
  { requiredKeys: ['type', 'source'] },
);
const textBlock = fc.record({ type: fc.constant('text' as const), text });
const reasoning = fc.record(
  { type: fc.constant('reasoning' as const), text, id: text, signature: text, encrypted: text },
  { requiredKeys: ['type', 'text'] },
);
const json = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 4 },
);
const call = fc.record({
  type: fc.constant('tool-call' as const),
  id: fc.uuid(),
  name: fc.constantFrom('f', 'g'),
  arguments: json,
});
const result = fc.record(
  {
    type: fc.constant('tool-result' as const),
    toolCallId: fc.uuid(),
    toolName: fc.constantFrom('f', 'g'),
    content: fc.oneof(text, fc.array(textBlock, { minLength: 1, maxLength: 2 })),
    isError: fc.constant(true),
  },
  { requiredKeys: ['type', 'toolCallId', 'content'] },
);
const blocks = (...kinds: fc.Arbitrary<unknown>[]) =>
  fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<ContentBlock[]>;
/** Calls stand behind the rest: theirs do not say where they stood. */
const turn = fc
  .tuple(blocks(textBlock, reasoning), fc.array(call, { maxLength: 2 }))
  .map(([content, calls]): ChatMessage => ({
    role: 'assistant',
    content: [...content, ...(calls as ContentBlock[])],
  }));
const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.record({ role: fc.constant('system' as const), content: text }),
  fc.record(
    {
      role: fc.constant('user' as const),
      content: fc.oneof(text, blocks(textBlock, media('image'), media('audio'), document)),
      name: fc.constantFrom('ann'),
    },
    { requiredKeys: ['role', 'content'] },
  ),
  turn,
  result.map((block): ChatMessage => ({ role: 'tool', content: [block] })),
);

/** A text alone is the same as a string, and JSON knows no minus zero. */
const normal = (messages: readonly ChatMessage[]): unknown =>
  JSON.parse(JSON.stringify(messages.map((each) => ({ ...each, content: blocksOf(each) }))));

describe('messages of ours', () => {
  it('come back from theirs as they went, through JSON', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
        const theirs = JSON.parse(JSON.stringify(toLangChain(messages))) as { content: unknown }[];
        expect(normal(fromLangChain(theirs))).toEqual(normal(messages));
      }),
    );
  });

  it('with several results are one message each, before what the user says besides', () => {
    const content: ContentBlock[] = [
      { type: 'text', text: 'and?' },
      { type: 'tool-result', toolCallId: 'a', content: '1' },
      { type: 'tool-result', toolCallId: 'b', content: '2' },
    ];
    expect(toLangChain([{ role: 'user', content }])).toEqual([
      { type: 'tool', content: '1', tool_call_id: 'a' },
      { type: 'tool', content: '2', tool_call_id: 'b' },
      { type: 'human', content: 'and?' },
    ]);
  });

  it('keep calls whose arguments are no JSON', () => {
    const content: ContentBlock[] = [
      { type: 'tool-call', id: 'c', name: 'f', arguments: {}, invalid: true, argumentsText: '{"a' },
    ];
    const theirs = toLangChain([{ role: 'assistant', content }]);
    expect(theirs).toEqual([
      {
        ...{ type: 'ai', content: '' },
        invalid_tool_calls: [
          { type: 'invalid_tool_call', id: 'c', name: 'f', args: '{"a', error: 'Malformed args.' },
        ],
      },
    ]);
    expect(fromLangChain(theirs)).toEqual([{ role: 'assistant', content }]);
  });
});
