import { nodeText } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { Suite } from '../frame/case.ts';
import type { SplitterSubject } from './subject.ts';
import { BYTES, document, leaves, SETTINGS, TEXTS, where, WORDS } from './lab.ts';
import { placeCases } from './place-cases.ts';

/** What every splitter must do. */
export const splitterSuite: Suite<SplitterSubject> = [
  {
    id: 'split.limit',
    rule: 'X-01',
    title: 'makes no chunk above its limit, however tokens are counted',
    requires: [],
    async run({ subject, check }) {
      for (const settings of SETTINGS) {
        const splitter = subject.create(settings);
        check.equal(splitter.maxTokens, settings.maxTokens, 'the limit it says it has');
        for (const text of TEXTS)
          for (const chunk of splitter.split(document(text)))
            check.ok(
              settings.tokenizer.count(nodeText(chunk, 'embed')) <= settings.maxTokens,
              where(settings, text),
            );
      }
    },
  },
  {
    id: 'split.metadata',
    rule: 'X-01',
    title: 'counts the metadata that a model sees',
    requires: [],
    async run({ subject, check }) {
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 60, overlap: 0 });
      const metadata = { note: 'ten words that only the model which answers is shown', tags: 'one two' };
      const text = 'Seven words stand in this very sentence. '.repeat(30);
      const chunks = splitter.split(document(text, { metadata, excludedEmbedMetadataKeys: ['note'] }));
      check.ok(leaves(chunks).length > 3, 'more than three chunks');
      for (const chunk of chunks)
        for (const mode of ['embed', 'llm'] as const)
          check.ok(WORDS.count(nodeText(chunk, mode)) <= 60, `what ${mode} sees of ${chunk.id}`);
    },
  },
  {
    id: 'split.no-room',
    rule: 'X-01',
    title: 'refuses a node whose metadata leave no room, and names it',
    requires: [],
    async run({ subject, check }) {
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 24, overlap: 0 });
      const tight = document('Some text.', { id: 'the-tight-one', metadata: { note: 'word '.repeat(100) } });
      const error = await check.error(
        splitter.transform([tight]),
        ['invalid-request', 'configuration'],
        'transform',
      );
      check.ok(error.message.includes('the-tight-one'), `the message names it: ${error.message}`);
    },
  },
  {
    id: 'split.characters',
    rule: 'X-01',
    title: 'cuts what has no words between code points',
    requires: [],
    async run({ subject, check }) {
      for (const text of ['x'.repeat(3000), '👩‍👩‍👧‍👦'.repeat(100), '漢'.repeat(500)]) {
        const chunks = subject.create({ tokenizer: BYTES, maxTokens: 40, overlap: 0 }).split(document(text));
        check.ok(leaves(chunks).length > 1, 'more than one chunk');
        for (const { text: piece } of chunks) {
          check.ok(BYTES.count(piece) <= 40, `${BYTES.count(piece)} bytes of 40`);
          check.ok(piece.isWellFormed(), `half a character: ${JSON.stringify(piece.slice(0, 10))}`);
        }
      }
    },
  },
  ...placeCases,
  {
    id: 'split.linear',
    rule: 'X-03',
    title: 'looks at each character a bounded number of times, however long the text',
    requires: [],
    async run({ subject, check }) {
      const sentence = 'A sentence of several words, and another part of it. ';
      const kinds: Record<string, (length: number) => string> = {
        paragraphs: (length) => `${sentence.repeat(5)}\n\n`.repeat(length / 270),
        'one line': (length) => sentence.repeat(length / 53),
        'one word': (length) => 'x'.repeat(length),
        'short lines': (length) => '- a\n'.repeat(length / 4),
        headings: (length) => '## a\n\nb\n\n'.repeat(length / 9),
      };
      for (const [kind, make] of Object.entries(kinds)) {
        const looked = (length: number): number => {
          let characters = 0;
          // Every call counts for something: so do ten thousand calls for nothing.
          const count = (text: string): number => (
            (characters += text.length + 8),
            Math.ceil(text.length / 4)
          );
          const tokenizer: TokenCounter = { name: 'counted', count };
          const text = make(length);
          subject.create({ tokenizer, maxTokens: 64, overlap: 8 }).split(document(text));
          return characters / text.length;
        };
        const [short, long] = [looked(4000), looked(40_000)];
        check.ok(
          long <= 1.3 * short + 2,
          `${kind}: ${short.toFixed(1)} times, and ${long.toFixed(1)} times in ten times the text`,
        );
      }
    },
  },
  {
    id: 'split.abort',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason, between two nodes",
    requires: [],
    async run({ subject, check }) {
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 40, overlap: 0 });
      const nodes = Array.from({ length: 200 }, (_, at) => document(TEXTS[0] as string, { id: `d${at}` }));
      const controller = new AbortController();
      let done = 0;
      const onProgress = (progress: { done: number }): void => {
        done = progress.done;
        if (done === 3) controller.abort('enough');
      };
      const running = splitter.transform(nodes, { signal: controller.signal, onProgress });
      check.equal(await check.rejects(running, 'transform'), 'enough', 'the reason');
      check.ok(done < 200, 'the rest was not split');
    },
  },
  {
    id: 'split.aborted',
    rule: 'C-02',
    title: 'does nothing under a signal that is aborted already',
    requires: [],
    async run({ subject, check }) {
      let calls = 0;
      const tokenizer: TokenCounter = { name: 'counted', count: (text) => (calls++, text.length) };
      const splitter = subject.create({ tokenizer, maxTokens: 40, overlap: 0 });
      calls = 0;
      const running = splitter.transform([document('Some text.')], { signal: AbortSignal.abort('early') });
      check.equal(await check.rejects(running, 'transform'), 'early', 'the reason');
      check.equal(calls, 0, 'nothing was counted');
    },
  },
  {
    id: 'split.input',
    rule: 'C-05',
    title: 'leaves its input as it is, and shares nothing with it or between chunks',
    requires: [],
    async run({ subject, check }) {
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 40, overlap: 4 });
      const node = document(TEXTS[1] as string, {
        metadata: { nested: { list: [1] } },
        excludedEmbedMetadataKeys: ['nested'],
        excludedLlmMetadataKeys: ['nested'],
      });
      const before = structuredClone(node);
      const chunks = splitter.split(node);
      check.equal(node, before, 'the node after the split');
      const [first, ...others] = chunks;
      const kept = structuredClone(others);
      (first?.metadata['nested'] as { list: number[] } | undefined)?.list.push(2);
      first?.excludedEmbedMetadataKeys?.push('other');
      first?.excludedLlmMetadataKeys?.push('other');
      if (first?.relationships?.source !== undefined) first.relationships.source.id = 'other';
      check.equal(node, before, 'the node after its first chunk was changed');
      check.equal(others, kept, 'the other chunks after that');
    },
  },
  {
    id: 'split.fingerprint',
    rule: 'C-05',
    title: 'gives the same chunks again, under a fingerprint that its settings change',
    requires: [],
    async run({ subject, check }) {
      const settings = { tokenizer: WORDS, maxTokens: 40, overlap: 4 };
      const one = subject.create(settings);
      const same = subject.create({ ...settings });
      check.equal(same.fingerprint, one.fingerprint, 'the fingerprint of equal settings');
      const node = document(TEXTS[1] as string);
      check.equal(same.split(node), one.split(node), 'the chunks of equal settings');
      for (const other of [{ maxTokens: 50 }, { tokenizer: BYTES }])
        check.ok(
          subject.create({ ...settings, ...other }).fingerprint !== one.fingerprint,
          Object.keys(other).join(),
        );
    },
  },
];
