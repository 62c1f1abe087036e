import { createTextNode, type TextNode } from '@mortise/core/retriever';
import type { ConformanceCase } from '../frame/case.ts';
import type { SplitterSubject } from './subject.ts';
import { document, leaves, SETTINGS, TEXTS, where, WORDS } from './lab.ts';

/** X-02 and D-02: where a chunk stands, and what it comes from. */
export const placeCases: readonly ConformanceCase<SplitterSubject>[] = [
  {
    id: 'split.offsets',
    rule: 'X-02',
    title: 'gives each chunk its exact place in the text',
    requires: [],
    async run({ subject, check }) {
      for (const settings of SETTINGS)
        for (const text of TEXTS)
          for (const { start, end, text: piece } of subject.create(settings).split(document(text)))
            check.equal(text.slice(start ?? -1, end ?? -1), piece, where(settings, text));
    },
  },
  {
    id: 'split.repeats',
    rule: 'X-02',
    title: 'gives a text that repeats the place of each of its occurrences',
    requires: [],
    async run({ subject, check }) {
      const settings = { tokenizer: WORDS, maxTokens: 30, overlap: 0 };
      const text = 'Again and again and again. '.repeat(60);
      const starts = leaves(subject.create(settings).split(document(text))).map(({ start }) => start ?? -1);
      check.ok(starts.length > 3, `300 words make more than 3 chunks, not ${starts.length}`);
      check.equal(
        starts,
        [...new Set(starts)].sort((a, b) => a - b),
        'the places rise',
      );
    },
  },
  {
    id: 'split.cover',
    rule: 'X-02',
    title: 'covers all of the text but white space',
    requires: [],
    async run({ subject, check }) {
      for (const settings of SETTINGS) {
        for (const text of TEXTS) {
          let covered = 0;
          for (const { start = 0, end = 0 } of leaves(subject.create(settings).split(document(text)))) {
            check.equal(
              text.slice(covered, Math.max(covered, start)).trim(),
              '',
              `a gap: ${where(settings, text)}`,
            );
            covered = Math.max(covered, end);
          }
          check.equal(text.slice(covered).trim(), '', `the end: ${where(settings, text)}`);
        }
      }
    },
  },
  {
    id: 'split.overlap',
    rule: 'X-02',
    title: 'repeats no more of the chunk before than the overlap that was asked for',
    requires: [],
    async run({ subject, check }) {
      for (const overlap of [0, 4, 8]) {
        const splitter = subject.create({ tokenizer: WORDS, maxTokens: 40, overlap });
        for (const text of TEXTS.slice(0, 3)) {
          const chunks = leaves(splitter.split(document(text)));
          for (const [at, { start = 0 }] of chunks.entries()) {
            const end = chunks[at - 1]?.end ?? 0;
            const repeated = WORDS.count(text.slice(start, Math.max(start, end)));
            check.ok(repeated <= overlap, `${repeated} tokens of the chunk before, of ${overlap}`);
          }
        }
      }
    },
  },
  {
    id: 'split.empty',
    rule: 'X-02',
    title: 'makes no chunk without text',
    requires: [],
    async run({ subject, check }) {
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 30, overlap: 4 });
      for (const text of ['', ' ', '\r\n\n\t ', '\u00a0'])
        check.equal(splitter.split(document(text)), [], JSON.stringify(text));
      for (const text of TEXTS)
        for (const { text: piece } of splitter.split(document(text)))
          check.ok(piece.trim() !== '', `a chunk of white space: ${JSON.stringify(text.slice(0, 24))}`);
    },
  },
  {
    id: 'split.part',
    rule: 'X-02',
    title: 'counts from the beginning of the source when a part of it is split',
    requires: [],
    async run({ subject, check }) {
      const text = 'One two three four five six seven. '.repeat(20);
      const part = createTextNode({
        id: 'part',
        text,
        start: 1000,
        end: 1000 + text.length,
        relationships: { source: { id: 'doc' } },
      });
      const chunks = subject.create({ tokenizer: WORDS, maxTokens: 30, overlap: 0 }).split(part);
      check.ok(chunks.length > 1, 'more than one chunk');
      for (const chunk of chunks) {
        check.equal(chunk.relationships?.source?.id, 'doc', 'the source');
        check.equal(text.slice((chunk.start ?? 0) - 1000, (chunk.end ?? 0) - 1000), chunk.text, 'the place');
      }
    },
  },
  {
    id: 'split.source',
    rule: 'D-02',
    title: 'keeps the source, its metadata and the way they are shown',
    requires: [],
    async run({ subject, check }) {
      const look = {
        excludedEmbedMetadataKeys: ['path'],
        excludedLlmMetadataKeys: ['rank'],
        metadataTemplate: '{key}={value}',
        metadataSeparator: '; ',
        textTemplate: '[{metadata}] {text}',
      };
      const metadata = { path: 'a/b.md', rank: 3, nested: { tags: ['x', null] } };
      const chunks = subject
        .create({ tokenizer: WORDS, maxTokens: 40, overlap: 0 })
        .split(document(TEXTS[1] as string, { metadata, ...look }));
      check.ok(chunks.length > 2, 'more than two chunks');
      for (const chunk of chunks) {
        check.equal(chunk.type, 'text', 'the type');
        check.equal(chunk.relationships?.source?.id, 'doc', 'the source');
        check.equal({ ...chunk.metadata, ...metadata }, chunk.metadata, 'the metadata');
        check.equal({ ...chunk, ...look }, chunk, 'exclusions and templates');
      }
    },
  },
  {
    id: 'split.ids',
    rule: 'D-02',
    title: 'gives each chunk an id of its own, the same in every run',
    requires: [],
    async run({ subject, check }) {
      const settings = { tokenizer: WORDS, maxTokens: 30, overlap: 4 };
      const text = TEXTS[1] as string;
      const idsOf = (id: string) =>
        subject
          .create(settings)
          .split(document(text, { id }))
          .map((chunk) => chunk.id);
      const ids = idsOf('doc');
      check.equal(new Set(ids).size, ids.length, 'all differ');
      check.equal(idsOf('doc'), ids, 'another run');
      const others = new Set(idsOf('other'));
      check.ok(!ids.some((id) => others.has(id)), 'those of another document');
    },
  },
  {
    id: 'split.neighbours',
    rule: 'D-02',
    title: 'joins neighbours of one source, in order',
    requires: [],
    async run({ subject, check }) {
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 30, overlap: 0 });
      const nodes = await splitter.transform([
        document(TEXTS[0] as string),
        document(TEXTS[1] as string, { id: 'two' }),
      ]);
      const chunks = leaves(nodes as TextNode[]);
      for (const [at, { id, relationships }] of chunks.entries()) {
        const [before, after] = [chunks[at - 1], chunks[at + 1]].map((other) =>
          other?.relationships?.source?.id === relationships?.source?.id ? other?.id : undefined,
        );
        check.equal(relationships?.previous?.id, before, `what is before ${id}`);
        check.equal(relationships?.next?.id, after, `what is after ${id}`);
      }
    },
  },
  {
    id: 'split.headings',
    rule: 'D-02',
    title: 'keeps the path of headings',
    requires: ['headings'],
    async run({ subject, check }) {
      const body = 'Some words about it, and more of them, and a few more again. '.repeat(3);
      const text = `# Guide\n\n${body}\n\n## Install\n\n### Windows\n\n${body}\n\n\`\`\`sh\n# no heading\n\`\`\`\n\n## Use\n\n${body}`;
      const splitter = subject.create({ tokenizer: WORDS, maxTokens: 80, overlap: 0 });
      const chunks = splitter.split(document(text, { metadata: { mediaType: 'text/markdown' } }));
      const paths = (heading: string) =>
        chunks
          .filter((chunk) => chunk.text.includes(`# ${heading}`))
          .map(({ metadata }) => JSON.stringify(metadata));
      check.ok(paths('Windows').length > 0, 'there is a chunk with the heading Windows');
      for (const path of paths('Windows'))
        check.ok(/Install.*Windows/.test(path), `Windows is below Install: ${path}`);
      for (const path of paths('Use').concat(paths('no heading')))
        check.ok(!path.includes('no heading'), `a text that is not a heading is in no path: ${path}`);
      for (const path of paths('Use'))
        check.ok(path.includes('Use') && !path.includes('Install'), `Use is beside Install: ${path}`);
    },
  },
  {
    id: 'split.hierarchy',
    rule: 'D-02',
    title: 'joins parents and children both ways, and a child stands within its parent',
    requires: ['hierarchy'],
    async run({ subject, check }) {
      const chunks = subject
        .create({ tokenizer: WORDS, maxTokens: 160, overlap: 0 })
        .split(document(TEXTS[1] as string));
      const byId = new Map(chunks.map((chunk) => [chunk.id, chunk]));
      const children = chunks.filter(({ relationships }) => relationships?.parent !== undefined);
      check.ok(children.length > 2, 'there are children');
      for (const child of children) {
        const parent = byId.get(child.relationships?.parent?.id ?? '');
        check.ok(
          parent?.relationships?.children?.some(({ id }) => id === child.id),
          `the parent of ${child.id} is there and names it`,
        );
        const { start = 0, end = 0 } = child;
        check.ok(
          (parent?.start ?? 0) <= start && end <= (parent?.end ?? 0),
          `${child.id} is within its parent`,
        );
      }
      for (const { id, relationships } of chunks)
        for (const child of relationships?.children ?? [])
          check.equal(byId.get(child.id)?.relationships?.parent?.id, id, `the parent that ${child.id} names`);
    },
  },
];
