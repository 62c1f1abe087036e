import { heard } from '@mortise/core/shared';
import { BaseReader, type Document } from '@mortise/core';
import { expect, it } from 'vitest';

it('heard: gives on what it was given, and tells of a rejection that nobody waits for', async () => {
  const told: unknown[] = [];
  const late = Promise.reject(new Error('late'));
  expect(heard(late, (error) => void told.push(error))).toBe(late);
  await Promise.resolve();
  expect(told).toEqual([new Error('late')]);
  expect([heard(undefined), heard(7), heard('a')]).toEqual([undefined, 7, 'a']);
});

it('heard: an async onError of a reader that rejects ends neither the reading nor the process', async () => {
  class Broken extends BaseReader<{ id: string }> {
    readonly name = 'broken';

    override doList(): { id: string }[] {
      return [{ id: 'a' }];
    }

    override async doRead(): Promise<Document> {
      throw new Error('unreadable');
    }
  }
  const found: Document[] = [];
  // As an application writes it whose linter does not look.
  const onError = (): unknown => Promise.reject(new Error('of the callback'));
  for await (const document of new Broken().read({ onError })) found.push(document);
  // Vitest fails the run for a rejection that nobody heard.
  await new Promise((resolve) => void setImmediate(resolve));
  expect(found).toEqual([]);
});
