import { expect, it } from 'vitest';
import { createDocument, type Document } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { openIndex } from '@mortise/rag';

const whole = createDocument({ id: 'whole', text: 'A word.' });
const open = () => openIndex({ embedding: new HashEmbedding() });

it.each([
  ['without metadata', { id: 'a', text: 'x' }, 'metadata'],
  ['whose metadata is null', { id: 'a', text: 'x', metadata: null }, 'metadata'],
  ['without a text', { id: 'a', metadata: {} }, 'text'],
  ['whose text is a number', { id: 'a', text: 1, metadata: {} }, 'text'],
])('I-03: a document %s is set aside and named, and the others are written', async (_, given, member) => {
  const index = await open();
  const report = await index.update([given as unknown as Document, whole]);
  expect(report).toMatchObject({ added: 1, failed: [{ item: 'a', error: { code: 'invalid-request' } }] });
  expect(report.failed[0]?.error.message).toContain(member);
  expect(index.size).toBe(1);
});

it.each([
  ['null', null],
  ['a text', 'x'],
  ['an object without an id', { text: 'x', metadata: {} }],
])('I-03: %s in place of a document ends the run, typed, and what was there stays', async (_, given) => {
  const index = await open();
  await index.update([whole]);
  const strange = [given as unknown as Document];
  await expect(index.update(strange)).rejects.toMatchObject({ code: 'invalid-request' });
  expect(index.size).toBe(1);
});
