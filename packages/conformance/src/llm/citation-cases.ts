import { isDeepStrictEqual } from 'node:util';
import type { ChatMessage, ChatResponse, ContentBlock } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import type { AnswerCitation, StreamShape, WireAnswer } from '../dialects/contract.ts';
import type { WireHandler } from '../wire.ts';
import { REASONING, TEXT } from './answers.ts';
import {
  collect,
  connect,
  forEachMethod,
  METHODS,
  respond,
  respondWith,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';

const SAID = 'The moon is cold 😀. It has no air.';
const WORDS = 'It has no air.';
const PLACE = { words: WORDS, start: SAID.indexOf(WORDS), end: SAID.length };
const DOCUMENTS = ['The moon is a cold place.', 'The moon has no air to speak of.'] as const;
const PAGE = { url: 'https://example.com/moon-conformance', title: 'On the moon' };

/** Two documents in two messages, both to be cited. */
const CONVERSATION: readonly ChatMessage[] = [
  ...DOCUMENTS.map((said, at): ChatMessage => {
    const document: ContentBlock = {
      type: 'document',
      source: { text: said },
      title: `Report ${at}`,
      citations: true,
    };
    return { role: 'user', content: [document, { type: 'text', text: 'Read.' }] };
  }).flatMap((message, at): ChatMessage[] =>
    at === 0 ? [message, { role: 'assistant', content: 'Yes.' }] : [message],
  ),
];

function answerOf(citation: AnswerCitation, before: WireAnswer['parts'] = []): WireAnswer {
  const pieces = [SAID.slice(0, 12), SAID.slice(12)];
  return { ...TEXT, parts: [...before, { type: 'text', pieces, citations: [citation] }] };
}

function cited(document: AnswerCitation['document'], before?: WireAnswer['parts']): WireAnswer {
  return answerOf({ ...PLACE, title: 'Report 1', quote: DOCUMENTS[1], document }, before);
}

/** Cites the second document that it was sent, by the id that it was sent with. */
function citing(context: LLMCaseContext, shape?: StreamShape, before?: WireAnswer['parts']): WireHandler {
  const { dialect } = context.subject;
  return (request, reply) => {
    const [, second] = dialect.request.documents?.(objectAt(request.body)) ?? [];
    return respond(dialect, cited(second?.id, before), request, reply, { shape });
  };
}

/** What a text rests on is told with it, and named by what was given. */
export const citationCases: readonly LLMCase[] = [
  {
    id: 'citations.documents',
    rule: 'L-07',
    title: 'keeps two documents in two messages apart, and names the one that is cited',
    requires: ['document', 'wire:document-citations'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm, wire } = await connect(context, citing(context));
        const response = await METHODS[method](llm, CONVERSATION);
        const { request } = context.subject.dialect;
        const sent = request.documents?.(objectAt(wire.requests[0]?.body)) ?? [];
        context.check.equal(
          sent.map((each) => each.text),
          [...DOCUMENTS],
          `${method}: the documents`,
        );
        context.check.ok(sent[0]?.id !== sent[1]?.id, `${method}: both have the id ${sent[0]?.id}`);
        checkCited(context, response, method);
        const [citation] = response.citations;
        const { source } = citation ?? {};
        context.check.ok(
          source === 1 || source === sent[1]?.id,
          `${method}: the source is ${String(source)}, and not the second document`,
        );
        // What the reply says of the document is expected.
        const said = JSON.stringify(context.subject.dialect.body(cited(sent[1]?.id)));
        const title = citation?.title ?? (said.includes('Report 1') ? undefined : 'Report 1');
        context.check.equal(title, 'Report 1', `${method}: its title`);
        const isQuoted = cites(context, 'quote') && said.includes(DOCUMENTS[1]);
        context.check.equal(citation?.quote, isQuoted ? DOCUMENTS[1] : undefined, `${method}: its words`);
      }),
  },
  {
    id: 'citations.pages',
    rule: 'L-07',
    title: 'gives the page that a text rests on',
    requires: ['wire:url-citations'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { dialect } = context.subject;
        const answer = answerOf({ ...PLACE, ...PAGE, quote: 'no air' });
        const { llm } = await connect(context, respondWith(dialect, answer));
        const response = await METHODS[method](llm);
        checkCited(context, response, method);
        const { url, title, start = 0, end = 0 } = response.citations[0] ?? {};
        context.check.equal({ url, title }, PAGE, `${method}: the page`);
        // A place is expected where the reply says one: the reply is another for another place.
        const elsewhere = answerOf({ ...PLACE, ...PAGE, quote: 'no air', start: 0, end: 3 });
        if (isDeepStrictEqual(dialect.body(elsewhere), dialect.body(answer))) return;
        context.check.equal(response.text.slice(start, end), WORDS, `${method}: the words in their place`);
      }),
  },
  {
    id: 'citations.events',
    rule: 'L-03',
    title: 'tells citations in a stream, by the place of their text',
    requires: ['streaming', 'wire:citations'],
    async run(context) {
      const { llm } = await connect(context, anyCitation(context));
      const stream = llm.streamChat(inputOf(context));
      const events = await collect(stream);
      const { message, citations } = await stream.final();
      const told = events.flatMap((event) => (event.type === 'citation' ? [event] : []));
      context.check.equal(
        told.map(({ citation }) => ({ url: citation.url, source: citation.source })),
        citations.map(({ url, source }) => ({ url, source })),
        'the citations that were told',
      );
      for (const { index } of told)
        context.check.equal(message.content[index]?.type, 'text', 'the block that they belong to');
    },
  },
  {
    id: 'citations.unplaced',
    rule: 'L-03',
    title: 'puts a citation that names no part on the text, behind reasoning too',
    requires: ['streaming', 'document', 'wire:document-citations', 'wire:unplaced-citations'],
    async run(context) {
      const before = context.subject.declares.reasoning === true ? REASONING.parts.slice(0, 1) : [];
      const { llm } = await connect(context, citing(context, { unplacedCitations: true }, before));
      checkCited(context, await llm.streamChat(CONVERSATION).final(), 'the stream');
    },
  },
  {
    id: 'citations.back',
    rule: 'C-14',
    title: 'sends what a text rests on back with it, through JSON',
    requires: ['wire:citations', 'wire:citations-back'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const first = await connect(context, anyCitation(context));
        const { message } = await METHODS[method](first.llm, inputOf(context));
        const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
        const second = await connect(context, respondWith(context.subject.dialect, TEXT));
        await second.llm.chat([{ role: 'user', content: 'Hi' }, carried, { role: 'user', content: 'On' }]);
        const sent = JSON.stringify(second.wire.requests[0]?.body);
        const word = cites(context, 'url-citations') ? PAGE.url : 'Report 1';
        context.check.ok(sent.includes(word), `${method}: the citation did not go back`);
      }),
  },
];

/** It stands on the one text that there is, and its place holds the words. */
function checkCited({ check }: LLMCaseContext, response: ChatResponse, what: string): void {
  const { message, citations, text } = response;
  check.equal(text, SAID, `${what}: the text`);
  check.equal(citations.length, 1, `${what}: the number of citations`);
  const [block] = message.content.filter(({ type }) => type === 'text');
  check.equal(block?.type === 'text' && block.citations, citations, `${what}: those of the text`);
  const { start, end } = citations[0] ?? {};
  if (start !== undefined && end !== undefined)
    check.equal(text.slice(start, end), WORDS, `${what}: the words in their place`);
}

function cites({ subject }: LLMCaseContext, feature: string): boolean {
  return subject.dialect.without[feature] === undefined;
}

/** Of the kind that the wire has. */
function anyCitation(context: LLMCaseContext): WireHandler {
  if (!cites(context, 'url-citations')) return citing(context);
  return respondWith(context.subject.dialect, answerOf({ ...PLACE, ...PAGE, quote: 'no air' }));
}

function inputOf(context: LLMCaseContext): string | readonly ChatMessage[] {
  return cites(context, 'url-citations') ? 'Hi' : CONVERSATION;
}
