import { similarity } from '@mortise/core/embedding';
import { maximalMarginalRelevance, type VectorQuery } from '@mortise/core/store';
import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { isRanked, opened, type Lab } from './lab.ts';

/** The modes besides `dense`. */
export const modeCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-mmr',
    rule: 'S-04',
    title: 'mmr puts what says the same again behind what is new; a lambda of 1 is relevance alone',
    requires: ['mmr'],
    async run(context) {
      const lab = await opened(context);
      const entries = [0, 1, 2, 3, 40, 41, 80, -60].map((angle) => lab.entry(`${angle}`, angle));
      await lab.upsert(...entries);
      const embedding = lab.at(0.2);
      const mmr = (query: Partial<VectorQuery>) => lab.query({ mode: 'mmr', embedding, topK: 4, ...query });
      const dense = await lab.ids({ embedding, topK: 4 });
      const relevant = await mmr({ lambda: 1 });
      context.check.equal(
        relevant.map(({ node }) => node.id),
        dense,
        'relevance alone',
      );
      const candidates = entries.map((entry) => ({
        ...entry,
        similarity: similarity(entry.embedding, embedding),
      }));
      for (const lambda of [undefined, 0.3, 0.7]) {
        const expected = maximalMarginalRelevance(candidates, 4, lambda).map(
          ({ index }) => entries[index]!.node.id,
        );
        const found = await mmr({ lambda });
        context.check.equal(
          found.map(({ node }) => node.id),
          expected,
          `with a lambda of ${lambda}`,
        );
        context.check.ok(isRanked(found), `the scores are ${found.map(({ score }) => score).join(' ')}`);
      }
      await context.check.error(mmr({ lambda: 2 }), 'invalid-request', 'a lambda of 2');
      await context.check.error(mmr({ embedding: undefined }), 'invalid-request', 'no vector');
    },
  },
  {
    id: 'vs-text',
    rule: 'S-04',
    title: 'text finds the nodes with the words, best first, and nothing for words that stand nowhere',
    requires: ['text'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(...shelf(lab));
      const text = (query: Partial<VectorQuery>) =>
        lab.query({ mode: 'text', embedding: undefined, ...query });
      const found = await text({ text: 'dovetail' });
      context.check.equal(found.map(({ node }) => node.id).toSorted(), ['joint', 'saw'], 'one word');
      context.check.ok(isRanked(found), `the scores are ${found.map(({ score }) => score).join(' ')}`);
      context.check.equal((await text({ text: 'dovetail', topK: 1 })).length, 1, 'topK');
      context.check.equal(
        (await text({ text: 'dovetail joint', topK: 1 }))[0]?.node.id,
        'joint',
        'two words',
      );
      context.check.equal(await text({ text: 'zymurgy' }), [], 'a word that stands nowhere');
      // What is syntax to a search engine is text to its caller.
      for (const odd of ['"dovetail', 'dovetail (', '*dovetail'])
        context.check.equal(
          (await text({ text: odd })).map(({ node }) => node.id).toSorted(),
          ['joint', 'saw'],
          JSON.stringify(odd),
        );
      for (const odd of ['"dovetail', 'dovetail AND (', "dove'tail*", '', '   '])
        context.check.ok(isRanked(await text({ text: odd })), JSON.stringify(odd));
      await context.check.error(text({}), 'invalid-request', 'no text');
    },
  },
  {
    id: 'vs-sparse',
    rule: 'S-04',
    title: 'sparse ranks by the inner product of weights',
    requires: ['sparse'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(...shelf(lab));
      const sparse = { indices: [2, 70_000], values: [1, 0.5] };
      const found = await lab.query({ mode: 'sparse', embedding: undefined, sparse });
      const ids = found.filter(({ score }) => score > 0).map(({ node }) => node.id);
      context.check.equal(ids, ['joint', 'saw'], 'what shares a term');
      context.check.ok(isRanked(found), `the scores are ${found.map(({ score }) => score).join(' ')}`);
      await context.check.error(
        lab.query({ mode: 'sparse', embedding: undefined }),
        'invalid-request',
        'no weights',
      );
    },
  },
  {
    id: 'vs-hybrid',
    rule: 'S-04',
    title: 'hybrid goes from the order of terms to that of vectors as alpha goes from 0 to 1',
    requires: ['hybrid'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(...shelf(lab));
      const sparse = { indices: [2], values: [1] };
      const hybrid = (query: Partial<VectorQuery>) =>
        lab.query({ mode: 'hybrid', embedding: lab.at(90), text: 'dovetail joint', sparse, ...query });
      context.check.equal((await hybrid({ alpha: 1, topK: 1 }))[0]?.node.id, 'glue', 'vectors alone');
      context.check.equal((await hybrid({ alpha: 0, topK: 1 }))[0]?.node.id, 'joint', 'terms alone');
      const found = await hybrid({});
      context.check.ok(isRanked(found), `the scores are ${found.map(({ score }) => score).join(' ')}`);
      context.check.equal(new Set(found.map(({ node }) => node.id)).size, found.length, 'each once');
      await context.check.error(hybrid({ alpha: -0.1 }), 'invalid-request', 'an alpha of -0.1');
    },
  },
  {
    id: 'vs-modes-filter',
    rule: 'S-04',
    title: 'filters in every mode that it declares',
    requires: ['dense', 'filter:=='],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(...shelf(lab));
      const sparse = { indices: [2], values: [1] };
      for (const mode of lab.store.support.modes.filter((one) => !one.includes(':'))) {
        const query = { mode, text: 'dovetail', sparse, topK: 1 };
        for (const shop of [1, 2]) {
          const [found] = await lab.query({ ...query, filter: { key: 'shop', op: '==', value: shop } });
          context.check.equal(found?.node.metadata['shop'], shop, `${mode} in shop ${shop}`);
        }
        const nowhere = await lab.ids({ ...query, filter: { key: 'shop', op: '==', value: 3 } });
        context.check.equal(nowhere, [], `${mode} in a shop that is none`);
      }
    },
  },
];

/** Four nodes; two have the word, and the term 2. */
function shelf(lab: Lab) {
  const of = (id: string, degrees: number, text: string, shop: number, weight: number) => ({
    ...lab.entry(id, degrees, { text, metadata: { shop } }),
    sparse: { indices: weight === 0 ? [9] : [9, 2], values: weight === 0 ? [1] : [0.1, weight] },
  });
  return [
    of(
      'saw',
      0,
      'A fine saw cuts pins and a dovetail, slowly, in any wood that is dry enough for it.',
      1,
      0.4,
    ),
    of('joint', 30, 'The dovetail joint: a joint of pins.', 2, 0.9),
    of('plane', 60, 'A plane makes a board flat.', 1, 0),
    of('glue', 90, 'Glue holds what is flat and clean.', 2, 0),
  ];
}
