import type { JsonObject } from '@mortise/core';
import type { ChatOptions } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import { TEXT } from './answers.ts';
import { connect, respondWith, methodsOf, METHODS, type LLMCase, type LLMCaseContext } from './lab.ts';

/** C-08: what may be left out is sent, or left out with a warning, or refused where the caller is strict. */
export const preferenceCases: readonly LLMCase[] = [
  ...(['temperature', 'topP', 'seed'] as const).map((setting): LLMCase => ({
    ...about(setting),
    requires: [],
    async run(context) {
      const { request } = context.subject.dialect;
      const value = setting === 'seed' ? 7 : 0.5;
      await preference(context, setting, { [setting]: value }, (body) =>
        request[setting] === undefined ? stands(value, body) : request[setting](body) === value,
      );
    },
  })),
  {
    id: 'request.preference.name',
    rule: 'C-08',
    title: 'sends the name of a speaker, or leaves it out with a warning, or refuses it when strict',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const name = 'Speaker-of-conformance';
      const { llm, wire } = await connect(context, respondWith(subject.dialect, TEXT));
      const { warnings } = await llm.chat([{ role: 'user', name, content: 'Hi' }]);
      const sent = wire.requests[0]?.text.includes(name) === true;
      const warned = warnings.some(({ setting }) => setting === 'name');
      check.ok(sent !== warned, `the name was ${sent ? 'sent and warned of' : 'left out in silence'}`);
      if (!warned) return;
      const strict = llm.chat([{ role: 'user', name, content: 'Hi' }], { strict: true });
      await check.error(strict, 'unsupported', 'strict');
    },
  },
  {
    ...about('reasoning'),
    requires: ['wire:reasoning'],
    async run(context) {
      const { request } = context.subject.dialect;
      // Providers take one of the two.
      for (const reasoning of [{ effort: 'low' }, { budgetTokens: 1_024 }])
        await preference(
          context,
          'reasoning',
          { reasoning, maxOutputTokens: 2_000 },
          (body) => request.reasoning?.(body) !== undefined,
        );
    },
  },
  {
    id: 'request.preference.summary',
    rule: 'C-08',
    title: 'asks for reasoning that can be read, or says with a warning that it does not',
    requires: ['wire:summary'],
    run: (context) =>
      preference(
        context,
        'reasoning',
        { reasoning: { summary: 'auto' }, maxOutputTokens: 2_000 },
        (body) => context.subject.dialect.request.summary?.(body) !== undefined,
      ),
  },
];

type Setting = 'temperature' | 'topP' | 'seed' | 'reasoning';

function about(setting: Setting): Pick<LLMCase, 'id' | 'rule' | 'title'> {
  return {
    id: `request.preference.${setting}`,
    rule: 'C-08',
    title: `sends ${setting}, or leaves it out with a warning, or refuses it when strict`,
  };
}

async function preference(
  context: LLMCaseContext,
  setting: Setting,
  options: ChatOptions,
  isSent: (body: JsonObject) => boolean,
): Promise<void> {
  const { check, subject } = context;
  for (const method of methodsOf(subject)) {
    const { llm, wire } = await connect(context, respondWith(subject.dialect, TEXT));
    const { warnings } = await METHODS[method](llm, 'Hi', options);
    const warned = warnings.some(({ setting: of = '' }) => of === setting || of.startsWith(`${setting}.`));
    const sent = isSent(objectAt(wire.requests[0]?.body));
    // Of reasoning the wish may be sent and its measure left out.
    const fair = setting === 'reasoning' ? sent || warned : sent !== warned;
    const what = `${method}: ${JSON.stringify(options)}`;
    check.ok(fair, `${what} was ${sent ? 'sent and warned of' : 'left out in silence'}`);
    const strict = METHODS[method](llm, 'Hi', { ...options, strict: true });
    if (warned) await check.error(strict, 'unsupported', `${what}, strict`);
    else check.ok((await strict).text !== '', `${what}: strict changes nothing`);
    check.equal(wire.requests.length, warned ? 1 : 2, `${what}: the requests`);
  }
}

/** For a dialect without a reader of the setting: its value stands anywhere but in the messages. */
export function stands(value: number, body: JsonObject): boolean {
  return new RegExp(`:${value}[,}]`).test(JSON.stringify({ ...body, messages: [], input: [] }));
}
