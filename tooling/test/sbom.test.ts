import { describe, expect, test } from 'vitest';
import { billProblems, purlOf, type Bill } from '../sbom.ts';

const manifest = { name: '@acme/llm', version: '1.2.0', dependencies: { sdk: '^3.0.0' } };
const own = 'pkg:npm/%40acme/llm@1.2.0';
const sdk = 'pkg:npm/sdk@3.1.0';
const bill: Bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.7',
  serialNumber: 'urn:uuid:5d172140-d3b8-417c-85bd-48b057907773',
  metadata: { timestamp: '2026-11-30T18:00:16.695Z', component: { 'bom-ref': own, purl: own } },
  components: [{ 'bom-ref': sdk, purl: sdk, version: '3.1.0' }],
  dependencies: [{ ref: own, dependsOn: [sdk] }, { ref: sdk }],
};

test('a package has its address in a bill', () => {
  expect(purlOf(manifest)).toBe(own);
});

describe('a bill of materials', () => {
  test('is whole with the package, its dependencies and their references', () => {
    expect(billProblems(bill, manifest)).toEqual([]);
  });

  test.each<[string, Bill, string]>([
    ['another format', { ...bill, bomFormat: 'SPDX' }, 'not a CycloneDX'],
    ['no number', { ...bill, serialNumber: '' }, 'not a CycloneDX'],
    ['no time', { ...bill, metadata: { ...bill.metadata, timestamp: 'today' } }, 'not a CycloneDX'],
    ['a dependency less', { ...bill, dependencies: [{ ref: own }] }, 'lacks the dependency sdk'],
    ['a reference to nothing', { ...bill, components: [] }, `refers to ${sdk}`],
    ['a component without a version', { ...bill, components: [{ 'bom-ref': sdk, purl: sdk }] }, 'no version'],
  ])('with %s is refused', (_, changed, problem) => {
    expect(billProblems(changed, manifest).join('\n')).toContain(problem);
  });

  test('of another version is refused', () => {
    expect(billProblems(bill, { ...manifest, version: '1.3.0' })[0]).toContain(
      'not of pkg:npm/%40acme/llm@1.3.0',
    );
  });
});
