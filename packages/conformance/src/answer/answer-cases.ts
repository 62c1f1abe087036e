import { MortiseError } from '@mortise/core';
import type { Citation, ResponseStreamEvent } from '@mortise/core/synthesizer';
import type { ConformanceCase } from '../frame/case.ts';
import { collect, isPlain, pause } from '../shared/helpers.ts';
import { ANSWER, LabModel, MODEL, NODES, METHODS, type AnswerProbe } from './lab.ts';

/** What holds for every answer and every stream of one. */
export function answerCases<S>(probe: AnswerProbe<S>): ConformanceCase<S>[] {
  const { sources: ofSources = [] } = probe;
  return [
    {
      id: 'answer.none',
      rule: 'Z-02',
      title: 'says that nothing was found, without a call to the model',
      requires: [],
      async run(context) {
        const llm = new LabModel();
        const answering = await probe.open(context, llm, []);
        for (const [method, ask] of METHODS) {
          const response = await ask(answering);
          context.check.equal(response.outcome, 'no-nodes', `${method}: the outcome`);
          context.check.ok(response.text.trim() !== '', `${method}: it says nothing`);
          context.check.equal(
            [response.sources, response.citations],
            [[], []],
            `${method}: sources, citations`,
          );
          context.check.ok(
            response.finishReason === undefined,
            `${method}: a finish reason that nobody gave`,
          );
        }
        context.check.equal(llm.requests.length, 0, 'the calls to the model');
      },
    },
    {
      id: 'answer.sources',
      rule: 'Z-03',
      title: 'hands out the nodes as sources, in their order, with their scores and evidence, as plain data',
      requires: ofSources,
      async run(context) {
        const answering = await probe.open(context, new LabModel());
        for (const [method, ask] of METHODS) {
          const response = await ask(answering);
          context.check.equal(response.sources, NODES, `${method}: the sources`);
          context.check.equal(response.outcome, 'answered', `${method}: the outcome`);
          context.check.ok(isPlain(response), `${method}: the response is not plain data`);
        }
      },
    },
    {
      id: 'answer.failure',
      rule: 'Z-05',
      title: "rejects with the model's failure, and with what had arrived of a stream",
      requires: [MODEL],
      async run(context) {
        const error = new MortiseError('quota', 'Nothing is left.');
        const answering = await probe.open(context, new LabModel({ error }));
        for (const [method, ask] of METHODS) {
          const thrown = await context.check.error(ask(answering), 'quota', method);
          if (method === 'whole') continue;
          const { text } = (thrown.partial ?? {}) as { text?: unknown };
          context.check.equal(text, '', 'the text in partial');
        }
      },
    },
    {
      id: 'stream.final',
      rule: 'L-04',
      title: 'gives by final() what the whole answer is',
      requires: [],
      async run(context) {
        const answering = await probe.open(context, new LabModel());
        const whole = await answering.whole();
        const read = answering.stream();
        await collect(read);
        context.check.equal(await read.final(), whole, 'final() after reading');
        context.check.equal(await answering.stream().final(), whole, 'final() alone');
      },
    },
    {
      id: 'stream.events',
      rule: 'Z-04',
      title:
        'streams the sources first, the text in deltas, each citation after its marker, the response last',
      requires: [],
      async run(context) {
        const { check } = context;
        const answering = await probe.open(context, new LabModel());
        const events = await collect<ResponseStreamEvent>(answering.stream());
        const final = await answering.stream().final();
        const ofType = (type: string) => events.filter((event) => event.type === type);
        check.equal(events[0], { type: 'sources', sources: final.sources }, 'the first event');
        check.equal(events.at(-1), { type: 'finish', response: final }, 'the last event');
        check.equal([ofType('sources').length, ofType('finish').length], [1, 1], 'sources and finish events');
        let text = '';
        for (const event of events) {
          if (event.type === 'text-delta') text += (event as { delta: string }).delta;
          if (event.type !== 'citation') continue;
          const { end } = (event as { citation: Citation }).citation;
          check.ok(end <= text.length, 'a citation comes before its marker');
          check.ok(text.length < end + 8, 'a citation does not come as soon as its marker is there');
        }
        check.equal(text, final.text, 'the deltas together');
        const citations = ofType('citation').map((event) => (event as { citation: Citation }).citation);
        check.equal(citations, final.citations, 'the citations that were streamed');
        check.equal((await collect(answering.stream().textStream)).join(''), final.text, 'textStream');
      },
    },
    {
      id: 'stream.lazy',
      rule: 'L-05',
      title: 'asks for nothing before the stream is read',
      requires: [MODEL],
      async run(context) {
        const llm = new LabModel();
        const stream = (await probe.open(context, llm)).stream();
        await pause(20);
        context.check.equal(llm.requests.length, 0, 'the calls to the model before the first read');
        await stream.final();
        context.check.ok(llm.requests.length > 0, 'the model was not asked at all');
      },
    },
    {
      id: 'stream.single',
      rule: 'L-05',
      title: 'refuses a second reader, and lets final() be called besides',
      requires: [],
      async run(context) {
        const stream = (await probe.open(context, new LabModel())).stream();
        const reader = stream[Symbol.asyncIterator]();
        await reader.next();
        const second = (async () => stream.textStream[Symbol.asyncIterator]().next())();
        await context.check.error(second, 'invalid-request', 'a second reader');
        const final = stream.final();
        let last = await reader.next();
        for (let next = last; next.done !== true; next = await reader.next()) last = next;
        context.check.equal(
          last.value,
          { type: 'finish', response: await final },
          'what the reader saw last',
        );
      },
    },
    {
      id: 'stream.pull',
      rule: 'L-05',
      title: 'takes no more of the model than its reader does',
      requires: [MODEL],
      async run(context) {
        const llm = new LabModel({ text: ANSWER.repeat(100) });
        const stream = (await probe.open(context, llm)).stream();
        const reader = stream.textStream[Symbol.asyncIterator]();
        for (let read = 0; read < 3; read++) await reader.next();
        await pause(30);
        context.check.ok(llm.pieces < 50, `${llm.pieces} pieces were fetched where 3 were read`);
        await stream.cancel();
      },
    },
  ];
}
