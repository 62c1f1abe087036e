import { objectAt } from '../dialects/answer.ts';
import type { LLMDialect, WireAnswer } from '../dialects/contract.ts';
import { TEXT } from './answers.ts';
import { twoTurns } from './back-cases.ts';
import { connect, forEachMethod, METHODS, respondWith, type LLMCase } from './lab.ts';

/** Base64 with all that base64 of bytes may hold. */
export const SEALED = 'c2VhbGVkLXJlYXNvbmluZz4+Lz8/K//5f+w=';

/** Reasoning that a provider shows to nobody, and wants back. */
export const REDACTED: WireAnswer = {
  ...TEXT,
  parts: [
    { type: 'reasoning', pieces: [], redacted: SEALED },
    { type: 'text', pieces: ['It is ', '42.'] },
  ],
};

const REQUIRES = ['reasoning', 'wire:redacted'];

/** L-07 and C-14: reasoning without words is kept, and goes back to its server as what it was. */
export const redactedCases: readonly LLMCase[] = [
  {
    id: 'reasoning.redacted',
    rule: 'L-07',
    title: 'gives reasoning that is hidden as `encrypted`, without words, before what it led to',
    requires: REQUIRES,
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, REDACTED));
        const { message, text } = await METHODS[method](llm);
        const blocks = message.content.map((block) =>
          block.type === 'reasoning' ? [block.type, block['text'], block['encrypted']] : [block.type],
        );
        context.check.equal(blocks, [['reasoning', '', SEALED], ['text']], `${method}: the blocks`);
        context.check.equal(text, 'It is 42.', `${method}: the text`);
      }),
  },
  {
    id: 'back.redacted',
    rule: 'C-14',
    title: 'sends hidden reasoning back to its server, byte for byte and as hidden, and to no other',
    requires: REQUIRES,
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { check, subject } = context;
        const own = await twoTurns(context, method, REDACTED, 'conformance');
        const read = subject.dialect.request.redacted?.(objectAt(own.body));
        check.equal(read, [SEALED], `${method}: the hidden reasoning that went back`);
        const places = [SEALED, 'It is 42.'].map((each) => own.sent.indexOf(each));
        check.ok(places[0]! < places[1]!, `${method}: it stands behind what it led to`);
        const other = await twoTurns(context, method, REDACTED, 'another server');
        check.ok(!other.sent.includes(SEALED), `${method}: hidden reasoning was sent to another server`);
        check.ok(other.sent.includes('It is 42.'), `${method}: the text was not sent to another server`);
        check.ok(other.warnings.length > 0, `${method}: no warning says that something was left out`);
      }),
  },
];

/** What stands in `without` for a dialect that does not write hidden reasoning, or does not read it. */
export function withoutRedacted(dialect: LLMDialect): LLMDialect {
  const isRead = dialect.request.redacted !== undefined;
  if (isRead && JSON.stringify(dialect.body(REDACTED)).includes(SEALED)) return dialect;
  const reason = 'The dialect does not write and read hidden reasoning (`redacted`, `request.redacted`).';
  return { ...dialect, without: { redacted: reason, ...dialect.without } };
}
