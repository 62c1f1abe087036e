import type { ChatMessage } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
import { frozen } from '../shared/helpers.ts';
import type { ParserCase, ParserCaseContext } from './lab.ts';

const image = { type: 'image', source: { url: 'https://example.com/a.png' } } as const;

/** Frozen, so that a change throws where it happens. */
const MESSAGES: readonly ChatMessage[] = frozen<ChatMessage[]>([
  { role: 'system', content: 'You are terse.' },
  { role: 'user', content: 'First.' },
  { role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] },
  { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
]);

/** C-05: what `format` adds, and what it leaves alone. */
export const formatCases: readonly ParserCase[] = [
  {
    id: 'format.changes-nothing',
    rule: 'C-05',
    title: 'changes no message that it is given',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      const before = structuredClone(MESSAGES);
      let thrown: unknown;
      try {
        parser.format?.(MESSAGES);
      } catch (error) {
        thrown = error;
      }
      check.equal(thrown, undefined, 'what it threw at messages that cannot be changed');
      check.equal(MESSAGES, before, 'the messages');
      const own = structuredClone(before) as ChatMessage[];
      parser.format?.(own);
      check.equal(own, before, 'the messages, where they could be changed');
    },
  },
  {
    id: 'format.prompt',
    rule: 'C-05',
    title: 'adds its instructions to a prompt, the same ones each time',
    requires: ['instructions'],
    async run({ subject, check }) {
      const prompt = 'What is this? {x} $& %s';
      const formatted = subject.create().format?.(prompt) ?? prompt;
      check.ok(formatted.includes(prompt), 'the prompt does not stand in what was made of it');
      check.ok(formatted.length > prompt.length, 'nothing was added to the prompt');
      check.equal(
        subject.create().format?.(prompt),
        formatted,
        'what another parser of the kind makes of it',
      );
    },
  },
  {
    id: 'format.messages',
    rule: 'C-05',
    title: 'adds its instructions to the last user message, behind all it holds',
    requires: ['instructions'],
    async run(context) {
      const { check } = context;
      const parser = context.subject.create();
      const [, , , last] = shape(context, parser, MESSAGES, 4);
      const blocks = last?.content as readonly { type: string }[] | undefined;
      check.equal(blocks?.slice(0, 2), MESSAGES[3]?.content, 'the blocks of the last message');
      check.equal(
        blocks?.slice(2).map(({ type }) => type),
        ['text'],
        'the blocks that were added',
      );
      const text = shape(context, parser, MESSAGES.slice(0, 3), 3)[1]?.content;
      check.ok(
        typeof text === 'string' && text.startsWith('First.') && text.length > 'First.'.length,
        'a content that is a string did not get them at its end',
      );
    },
  },
  {
    id: 'format.no-user',
    rule: 'C-05',
    title: 'adds a user message where there is none',
    requires: ['instructions'],
    async run(context) {
      const parser = context.subject.create();
      for (const messages of [[], MESSAGES.slice(0, 1)]) {
        const added = shape(context, parser, messages, messages.length + 1).at(-1);
        context.check.equal(added?.role, 'user', 'the role of the message that was added');
      }
    },
  },
];

/** What was made of the messages, all but the last user message unchanged. */
function shape(
  { check }: ParserCaseContext,
  parser: OutputParser<unknown, unknown>,
  messages: readonly ChatMessage[],
  length: number,
): readonly ChatMessage[] {
  const formatted = parser.format?.(messages) ?? messages;
  check.equal(formatted.length, length, 'how many messages there are');
  const last = messages.findLastIndex(({ role }) => role === 'user');
  for (const [at, message] of messages.entries())
    if (at !== last) check.equal(formatted[at], message, `message ${at}`);
  return formatted;
}
