import type { ContentBlock, EmbeddingInput } from '@mortise/core';
import { base64Of } from '@mortise/core/shared';
import { objectAt } from '../dialects/answer.ts';
import {
  batchAt,
  batchesOf,
  blocksFor,
  checkVectors,
  connect,
  respondWith,
  sentAs,
  SERVER,
  type EmbeddingCase,
  dialectOf,
  fewTexts,
} from './lab.ts';

const IMAGE = ['image', ...SERVER];

/** One red pixel. */
const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='),
  (unit) => unit.charCodeAt(0),
);

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const image = (data: string | Uint8Array, mediaType = 'image/png'): ContentBlock => ({
  type: 'image',
  source: { data, mediaType },
});

/** Inputs of more than text, and texts that were cut. */
export const blockCases: readonly EmbeddingCase[] = [
  {
    id: 'blocks.sent',
    rule: 'M-01',
    title: 'embeds a text and an image as one, beside texts, each in its place',
    requires: IMAGE,
    async run(context) {
      const { model, wire } = await connect(context);
      const behind = [image(PNG, 'image/webp'), text('a cat')];
      const inputs: EmbeddingInput[] = ['a', [text('a cat'), image(PNG)], 'b', behind];
      const { embeddings } = await model.embedTexts(inputs);
      checkVectors(context, embeddings, inputs, 'embedTexts');
      context.check.equal(blocksFor(context, wire), inputs.map(sentAs), 'the inputs that were sent');
      const query = await model.embedQuery([image(PNG)]);
      checkVectors(context, [query], [[image(PNG)]], 'embedQuery');
    },
  },
  {
    id: 'blocks.equal',
    rule: 'M-01',
    title: 'asks once for equal blocks, bytes and their base64 alike, and takes no text for them',
    requires: IMAGE,
    async run(context) {
      const { model, wire } = await connect(context);
      const blocks = [text('a cat'), image(PNG)];
      const lookalike = `\0${JSON.stringify([text('a cat')])}`;
      const inputs = [blocks, [text('a cat'), image(base64Of(PNG))], [text('a cat')], lookalike, 'a cat'];
      const { embeddings } = await model.embedTexts(inputs);
      checkVectors(context, embeddings, inputs, 'embedTexts');
      const sent = [blocks, ...inputs.slice(2)].map(sentAs);
      context.check.equal(blocksFor(context, wire), sent, 'the inputs that were sent');
    },
  },
  {
    id: 'blocks.malformed',
    rule: 'M-05',
    title: 'refuses blocks that are none before anything is sent, and names their place',
    requires: ['image'],
    async run(context) {
      const { check } = context;
      const { model, wire } = await connect(context);
      for (const [block, place] of MALFORMED) {
        const inputs = ['a', [text('b'), block as ContentBlock]];
        const { message } = await check.error(model.embedTexts(inputs), 'invalid-request', 'embedTexts');
        check.ok(message.includes(place), `the message does not name ${place}: ${message}`);
      }
      await check.error(model.embedTexts(['a', []]), 'invalid-request', 'embedTexts');
      check.equal(wire.requests.length, 0, 'the requests');
    },
  },
  {
    id: 'blocks.undeclared',
    rule: 'C-08',
    title: 'refuses blocks that it does not declare before anything is sent, and names their place',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(context);
      const { inputModalities = ['text'] } = subject.declares;
      for (const block of [image(PNG), AUDIO]) {
        if (inputModalities.includes(block.type)) continue;
        const inputs = ['a', [text('b'), block]];
        const calls = [
          () => model.embedTexts(inputs),
          () => model.embedText([block]),
          () => model.embedQuery([block]),
        ];
        for (const call of calls) {
          const { message } = await check.error(
            call(),
            'unsupported',
            `an input with an ${block.type} block`,
          );
          check.ok(/\[\d\]\[\d\]/.test(message), `the message names no place: ${message}`);
        }
      }
      check.equal(wire.requests.length, 0, 'the requests');
    },
  },
  {
    id: 'embed.truncated',
    rule: 'M-01',
    title: 'warns of the texts that were cut, by their places in the list',
    requires: ['wire:truncated', ...SERVER],
    async run(context) {
      const { check, subject } = context;
      const { model } = await connect(context, (request, reply, n) =>
        respondWith(subject, n === 1 ? { truncated: [0] } : {})(request, reply, n),
      );
      const texts = batchesOf(subject, 2);
      const [cut = ''] = batchAt(subject, texts, 1);
      const list = [...texts, cut];
      const { warnings } = await model.embedTexts(list, { concurrency: 1 });
      const places = warnings.flatMap(({ inputs = [] }) => inputs);
      check.equal(places, [texts.indexOf(cut), texts.length], 'the places that the warnings name');
    },
  },
  {
    id: 'embed.warned',
    rule: 'M-01',
    title: 'hands on what the server warns of',
    requires: ['wire:warned', ...SERVER],
    async run(context) {
      const { check, subject } = context;
      const edit = (body: object) => dialectOf(subject).warned?.(objectAt(body), WARNING) ?? {};
      const { model } = await connect(context, respondWith(subject, { edit }));
      const { warnings } = await model.embedTexts(fewTexts(subject));
      check.ok(
        warnings.some(({ message }) => message.includes(WARNING)),
        "no warning has the server's words",
      );
    },
  },
];

const WARNING = 'conformance: a part of what was sent was cut';

const AUDIO: ContentBlock = { type: 'audio', source: { data: PNG, mediaType: 'audio/wav' } };

const MALFORMED: readonly (readonly [block: unknown, place: string])[] = [
  [{ type: 'image' }, '[1][1].source'],
  [{ type: 'image', source: { data: new Uint8Array(), mediaType: 'image/png' } }, '[1][1].source.data'],
  [{ type: 'image', source: { data: 'AAAA' } }, '[1][1].source.mediaType'],
  [{ type: 'text' }, '[1][1].text'],
  [null, '[1][1]'],
];
