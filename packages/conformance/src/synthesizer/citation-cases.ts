import type { NodeWithScore } from '@mortise/core/retriever';
import type { Citation } from '@mortise/core/synthesizer';
import { LabModel, NODES, QUESTION } from '../answer/lab.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import type { SynthesizerSubject } from './subject.ts';

type Case = ConformanceCase<SynthesizerSubject>;

/** Z-01: what a citation says is so, or it is flagged. */
export const citationCases: readonly Case[] = [
  {
    id: 'citation.right',
    rule: 'Z-01',
    title: 'finds a quote in the source that is named, at its offsets, and flags nothing',
    requires: ['citations'],
    async run(context) {
      const text = 'Well: "ash bends well when it is steamed" [2]. Oak is the heavier one [1].';
      const [quoted, plain] = await citationsOf(context, text);
      const { text: source } = NODES[1]!.node;
      context.check.equal(quoted?.nodeId, 'ash', 'the node that [2] names');
      context.check.equal(quoted?.problem, undefined, 'the problem of a right quote');
      context.check.equal(text.slice(quoted?.start, quoted?.end), '[2]', 'the place of the marker');
      const found = source.slice(quoted?.quoteStart ?? 0, quoted?.quoteEnd ?? 0);
      context.check.equal(found, 'Ash bends well\nwhen it is steamed', 'what stands at the offsets');
      context.check.equal(quoted?.quote, found, 'the quote');
      context.check.equal([plain?.nodeId, plain?.problem], ['oak', undefined], 'a citation in own words');
    },
  },
  {
    id: 'citation.empty-source',
    rule: 'Z-01',
    title: 'names the sources by their places, one without a text among them',
    requires: ['citations'],
    async run(context) {
      const [first, second, third] = NODES as [NodeWithScore, NodeWithScore, NodeWithScore];
      const nodes = [first, { ...second, node: { ...second.node, text: '' } }, third];
      const llm = new LabModel({ text: '"Pine is soft" [3].' });
      const { citations, sources } = await context.subject.create(llm).synthesize(QUESTION, nodes);
      const numbered = sources[(citations[0]?.number ?? 0) - 1]?.node.id;
      context.check.equal(
        [citations[0]?.nodeId, citations[0]?.problem, numbered],
        ['pine', undefined, 'pine'],
        'what [3] names, and the third source',
      );
    },
  },
  flagged('unknown', 'unknown-source', 'flags a number that no source has', 'Oak is hard [9].'),
  flagged('zero', 'unknown-source', 'flags the number 0, which names no source, not the last', 'It is [0].'),
  flagged('misquote', 'misquote', 'flags quoted words that stand in no source', '"Oak is soft" [1].'),
  flagged(
    'other-source',
    'other-source',
    'flags quoted words that stand in another source than the one named',
    '"Pine is soft" [1].',
  ),
  {
    id: 'citation.split',
    rule: 'Z-01',
    title: 'finds the same citations however the text is cut into deltas',
    requires: ['citations'],
    async run(context) {
      const text = 'One [1]. "Pine is soft" [3][2]. None [12]. Open [1';
      const whole = await citationsOf(context, text);
      context.check.equal(
        whole.map(({ number }) => number),
        [1, 3, 2, 12],
        'the citations of the whole answer',
      );
      for (const pieceLength of [1, 2, 3, 5]) {
        const synthesizer = context.subject.create(new LabModel({ text, pieceLength }));
        const { citations } = await synthesizer.streamSynthesize(QUESTION, NODES).final();
        context.check.equal(citations, whole, `in pieces of ${pieceLength}`);
      }
    },
  },
];

function flagged(id: string, problem: string, title: string, text: string): Case {
  return {
    id: `citation.${id}`,
    rule: 'Z-01',
    title,
    requires: ['citations'],
    async run(context) {
      const citations = await citationsOf(context, text);
      context.check.equal(
        citations.map((each) => each.problem),
        [problem],
        `the problems in ${text}`,
      );
      const names = citations[0]?.nodeId !== undefined;
      context.check.equal(names, problem !== 'unknown-source', 'whether it names a node');
    },
  };
}

async function citationsOf({ subject }: CaseContext<SynthesizerSubject>, text: string): Promise<Citation[]> {
  const { citations } = await subject.create(new LabModel({ text })).synthesize(QUESTION, NODES);
  return citations;
}
