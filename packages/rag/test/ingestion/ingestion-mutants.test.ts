import { describe, expect, it } from 'vitest';
import { ingestionSuite, runCase } from '@mortise/conformance';
import { naiveIngestion, type Fault } from './naive-ingestion.ts';

const faults: [fault: Fault, caughtBy: string][] = [
  ['deletes-first', 'ingest-killed'],
  ['hash-first', 'ingest-killed'],
  ['plain-ids', 'ingest-killed'],
  ['no-recovery', 'ingest-restarted'],
  ['no-strays', 'ingest-restarted-later'],
  ['last-node-only', 'ingest-brings-up-to-date'],
  ['nothing-is-removed', 'ingest-brings-up-to-date'],
  ['everything-again', 'ingest-brings-up-to-date'],
  ['identity-by-content', 'ingest-identity'],
  ['failure-stops', 'ingest-set-aside'],
  ['failed-is-gone', 'ingest-set-aside'],
  ['failed-is-silent', 'ingest-set-aside'],
  ['failed-is-done', 'ingest-retried'],
  ['hash-first', 'ingest-service-down'],
  ['no-lock', 'ingest-two-at-once'],
  ['abort-of-its-own', 'ingest-abort'],
  ['deaf-to-failures', 'ingest-item-failed'],
  ['failures-by-id', 'ingest-item-torn'],
  ['failure-keeps-all', 'ingest-item-torn'],
  ['failed-item-is-stuck', 'ingest-item-whole'],
  ['refused-is-torn', 'ingest-item-document'],
  ['written-twice', 'ingest-once'],
  ['deletes-first', 'ingest-watched'],
  ['no-recovery', 'ingest-killed-and-back'],
];

describe('a broken ingestion is caught', () => {
  it.each(faults)('%s: %s', async (fault, caughtBy) => {
    const testCase = ingestionSuite.find(({ id }) => id === caughtBy)!;
    const name = expect.stringMatching(/^(Assertion|Mortise)Error$/) as string;
    await expect(runCase(testCase, naiveIngestion(fault))).rejects.toMatchObject({ name });
  });

  it('and a sound one is not', async () => {
    for (const testCase of ingestionSuite) await runCase(testCase, naiveIngestion());
  });

  it('by cases of which every one is needed', () => {
    const needed = new Set(faults.map(([, caughtBy]) => caughtBy));
    expect(ingestionSuite.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
  });
});
