import { Node } from 'ts-morph';
import type { KindRules, NameRules } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall } from '../engine/syntax.ts';

/** An `IngestionPipeline` of a splitter, and of an embedding model whose work the index does, is the splitter. */
export const PIPELINES: Readonly<Record<string, NameRules>> = {
  IngestionPipeline: {
    construct: {
      kind: 'pipeline',
      rule: (node, file) => {
        const members = membersOf(argumentOf(node));
        const steps = members?.get('transformations');
        if (steps === undefined || members?.size !== 1 || !Node.isArrayLiteralExpression(steps))
          return file.cannot(node, 'Its steps are not written where it is made.');
        const [splitter, embedding, ...others] = steps.getElements();
        const isKnown =
          splitter !== undefined &&
          file.kindOf(splitter) === 'splitter' &&
          others.length === 0 &&
          (embedding === undefined || file.kindOf(embedding) === 'embedding');
        if (!isKnown)
          return file.cannot(
            node,
            'Steps other than a splitter and an embedding model are transforms of yours.',
          );
        if (embedding !== undefined)
          file.note(
            node,
            'Nodes get their vectors in the index, from its own model. A pipeline over stores of yours is IngestionPipeline of @mortise/rag.',
          );
        return file.render(splitter);
      },
    },
  },
};

export const PIPELINE_KINDS: Readonly<Record<string, KindRules>> = {
  pipeline: {
    methods: {
      run: {
        kind: 'node[]',
        sync: true,
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const members = membersOf(argumentOf(node));
          const documents = members?.get('documents');
          if (receiver === undefined || documents === undefined || members?.size !== 1)
            return file.cannot(node, 'What it is run on is not written where it is called.');
          return `${file.render(documents)}.flatMap((document) => ${file.render(receiver)}.split(document))`;
        },
      },
    },
  },
};
