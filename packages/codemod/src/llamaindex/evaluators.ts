import type { CallExpression, Node } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall } from '../engine/syntax.ts';
import { helper } from './helpers.ts';
import { fromSettings } from './settings.ts';

interface EvaluatorRow {
  readonly instructions: string;
  /** The score from which an answer passes. */
  readonly passing: number;
}

const ROWS: Readonly<Record<string, EvaluatorRow>> = {
  CorrectnessEvaluator: {
    instructions:
      'Judge whether the answer to the question is correct, by the reference where there is one. Score it from 1, wrong or beside the question, to 5, relevant and fully correct.',
    passing: 4,
  },
  FaithfulnessEvaluator: {
    instructions: 'Judge whether the contexts support the answer. Score it 1 where they do, and 0 where not.',
    passing: 1,
  },
  RelevancyEvaluator: {
    instructions:
      'Judge whether answer and contexts bear on the question. Score them 1 where they do, and 0 where not.',
    passing: 1,
  },
};

function evaluatorHelper(file: Rewriting): string {
  const structured = file.use('structured', '@mortise/toolkit');
  const jsonSchema = file.use('jsonSchema', '@mortise/toolkit');
  const llm = file.typed ? `: ${file.useType('LLM', '@mortise/core')}` : '';
  const response = file.typed ? file.useType('QueryResponse', '@mortise/core/synthesizer') : '';
  return helper(
    'answerEvaluator',
    file,
    ({ name, typed }) => `
/** Judges an answer by what a model says of it, with the members that an evaluator of LlamaIndexTS gave. */
function ${name}(llm${llm}, instructions${typed(': string')}, passing${typed(': number')}) {
  const judgement = ${jsonSchema}${typed('<{ feedback: string; score: number }>')}(
    {
      type: 'object',
      properties: { feedback: { type: 'string' }, score: { type: 'number' } },
      required: ['feedback', 'score'],
      additionalProperties: false,
    },
    (value) => {
      const { feedback, score } = value${typed(' as { feedback?: unknown; score?: unknown }')};
      return typeof feedback === 'string' && typeof score === 'number'
        ? { value: { feedback, score } }
        : { issues: [{ message: 'feedback is a text, and score a number.' }] };
    },
  );
  return async (given${typed(`: { query: string; response: string | ${response}; contexts?: readonly string[]; reference?: string }`)}) => {
    const { query, reference } = given;
    const response = typeof given.response === 'string' ? given.response : given.response.text;
    const contexts = given.contexts ?? (typeof given.response === 'string' ? [] : given.response.sources.map(({ node }) => node.text));
    const { value } = await ${structured}(llm, judgement, [
      { role: 'system', content: instructions },
      { role: 'user', content: JSON.stringify({ question: query, answer: response, contexts, reference }) },
    ]);
    return { query, contexts, response, score: value.score, passing: value.score >= passing, feedback: value.feedback };
  };
}`,
  );
}

const evaluator = (row: EvaluatorRow): NameRules => ({
  construct: {
    kind: 'evaluator',
    rule: (node, file) => {
      const members = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
      const known = row.passing > 1 ? ['llm', 'scoreThreshold'] : ['llm'];
      const other = [...(members?.keys() ?? [])].find((name) => !known.includes(name));
      if (members === undefined || other !== undefined)
        return file.cannot(
          node,
          other === undefined
            ? 'Its options are not written where it is made.'
            : `The option ${other} of an evaluator has no counterpart here.`,
        );
      const given = members.get('llm');
      const llm = given === undefined ? fromSettings('llm', node, file) : file.render(given);
      if (llm === undefined) return node.getText();
      const threshold = members.get('scoreThreshold');
      file.note(
        node,
        'Mortise has no evaluators of answers: a function that asks the model for a score is written into the file. Its prompt is another, and all contexts are judged in one call.',
      );
      return `${evaluatorHelper(file)}(${llm}, '${row.instructions}', ${threshold === undefined ? row.passing : file.render(threshold)})`;
    },
  },
});

const ARGUMENTS = ['query', 'response', 'contexts', 'reference'];

function evaluate(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const argument = argumentOf(node);
  const members = membersOf(argument);
  const other = [...(members?.keys() ?? [])].find((name) => !ARGUMENTS.includes(name));
  if (receiver === undefined || argument === undefined || members === undefined || other !== undefined)
    return file.cannot(node, 'What is evaluated is not written where it is called.');
  return `${file.render(receiver)}(${file.render(argument)})`;
}

export const EVALUATORS: Readonly<Record<string, NameRules>> = Object.fromEntries(
  Object.entries(ROWS).map(([name, row]) => [name, evaluator(row)]),
);

export const EVALUATOR_KINDS: Readonly<Record<string, KindRules>> = {
  evaluator: {
    methods: {
      evaluate: { kind: 'evaluation', rule: evaluate },
      evaluateResponse: { kind: 'evaluation', rule: evaluate },
    },
  },
  evaluation: { plain: true },
};
