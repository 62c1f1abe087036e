import { cutFrames } from '../lab/framing.ts';
import { isObject } from '@mortise/core/shared';
import { ownHeaders } from '../shared/secret-cases.ts';
import { carried, formsOf, showsNone, shownData, shownOf } from '../shared/secret-forms.ts';
import { TEXT } from './answers.ts';
import { connect, respondFrames, type LLMCase, type LLMCaseContext } from './lab.ts';

const BOUNDED = { deadlineMs: 20_000 };

/** C-09 within streams that began with status 200. */
export const streamSecretCases: readonly LLMCase[] = [
  {
    id: 'secrets.stream.first',
    rule: 'C-09',
    title:
      'keeps every form of the key and of headers out of errors, sent back as the first event of a stream',
    requires: ['streaming'],
    run: (context) => echoedInStream(context, false),
  },
  {
    id: 'secrets.stream.middle',
    rule: 'C-09',
    title: 'keeps every form of the key and of headers out of errors, sent back in the middle of a stream',
    requires: ['streaming'],
    run: (context) => echoedInStream(context, true),
  },
];

async function echoedInStream(context: LLMCaseContext, isBegun: boolean): Promise<void> {
  const { check, subject } = context;
  const headers = ownHeaders();
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  let sent: string[] = [];
  const { llm } = await connect(
    context,
    (request, reply) => {
      sent = carried(request, names);
      const before = isBegun ? cutFrames(subject.dialect.frames(TEXT)) : [];
      const error = subject.dialect.errorFrame(sent.flatMap(formsOf).join(' '));
      return respondFrames(reply, [...before, error]);
    },
    undefined,
    undefined,
    { headers },
  );
  const stream = llm.streamChat('Hi', BOUNDED);
  const events: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const event of stream) events.push(event);
  };
  const error = await check.rejects(read(), 'the stream');
  check.equal(await check.rejects(stream.final(), 'final()'), error, 'what final() rejects with');
  check.ok(isObject(error) && typeof error['code'] === 'string', 'the error has a code');
  showsNone(check, shownOf(error), sent, 'the error');
  showsNone(check, shownData(events), sent, 'an event of the stream');
}
