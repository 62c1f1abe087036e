import { beforeAll, describe, expect, test } from 'vitest';
import type ts from 'typescript';
import { apiOf, publicFiles, publicProgram, type Api } from '../api/declarations.ts';
import { breaks } from '../api/compare.ts';
import { apiOfReport, readReport, reportOf } from '../api/report.ts';
import { isMajorPending, pendingChangesets } from '../changesets.ts';
import { undocumented } from '../documented.ts';
import { publishedPackages } from '../workspace.ts';

const packages = publishedPackages();
let program: ts.Program;
let apis: Map<string, Api>;
beforeAll(() => {
  program = publicProgram(packages);
  apis = new Map(packages.map((pkg) => [pkg.manifest.name, apiOf(pkg, program)]));
}, 600_000);

test.each(packages)(
  'the API report of $manifest.name is up to date: else run `pnpm api`, and read what changed',
  ({ manifest }) => {
    const api = apis.get(manifest.name)!;
    expect(readReport(manifest.name, false)).toBe(reportOf(api, false));
  },
);

test.each(packages)(
  '$manifest.name changes only by addition, or a changeset says major',
  ({ manifest: { name }, folder }) => {
    const last = readReport(name, true);
    // Nothing was released yet: there is nothing to break.
    if (last === undefined || isMajorPending(pendingChangesets(), name)) return;
    const others = [...apis.values()].filter((api) => api.name !== name);
    expect(breaks(apiOfReport(last), apis.get(name)!, others, folder)).toEqual([]);
  },
  600_000,
);

// Half a minute of the compiler's: `pnpm test:thorough` has it.
const thorough = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000;
test.runIf(thorough)(
  'every package keeps to what it was a moment ago, so the comparison sees no break',
  () => {
    for (const { manifest, folder } of packages) {
      const api = apis.get(manifest.name)!;
      const others = [...apis.values()].filter((other) => other !== api);
      const before = apiOfReport(reportOf(api, true));
      expect(before).toEqual(api);
      expect(breaks(before, api, others, folder)).toEqual([]);
    }
  },
  600_000,
);

test('every public export is documented, itself or by its members', () => {
  expect(undocumented(program, packages)).toEqual([]);
});

describe('the comparison', () => {
  const before = `
    export interface Model<P = unknown> { readonly name: string; chat(input: Input, options?: Options<P>): Promise<Reply> }
    export interface Input { text: string }
    export interface Options<P> { strict?: boolean | undefined; own?: P | undefined }
    export interface Reply { text: string; finish: Finish; note?: string }
    export type Finish = 'stop' | 'length' | (string & {});
    export type Code = 'timeout' | 'server';
    export type Block = { type: 'text'; text: string } | { type: \`\${string}:\${string}\`; value: unknown };
    export declare abstract class Base { #private; constructor(options: { retries?: number }); abstract run(): void; hook?(): void; }
    export declare class Limiter { constructor(limit: number); wait(): Promise<void>; static of(limit: number): Limiter; }
    export declare function ask(model: Model, input: Input): Promise<Reply>;
    export declare const LIMIT: number;
  `;
  const api = (text: string): Api => ({
    name: 'x',
    version: '1.0.0',
    entries: new Map([['.', 'index.d.ts']]),
    files: publicFiles(new Map([['index.d.ts', text]]), ['index.d.ts']),
  });
  const changed = (from: string, to: string) => {
    expect(before).toContain(from);
    return breaks(api(before), api(before.replace(from, to)));
  };

  test.each([
    ['a required member of a contract', 'chat(', 'count(): number; chat(', 'Model', 'count'],
    ['a member that is gone', 'readonly name: string;', '', 'Model', 'name'],
    [
      'an option that became required',
      'strict?: boolean | undefined',
      'strict: boolean',
      'Options',
      'strict',
    ],
    ['a narrowed union', "'stop' | 'length' | (string & {})", "'stop' | 'length'", 'Finish', 'string'],
    ['a removed code', "'timeout' | 'server'", "'timeout'", 'Code', 'server'],
    [
      'an input that takes less',
      'text: string }\n    export interface Options',
      "text: 'a' }\n    export interface Options",
      'Input',
      'string',
    ],
    ['a union that closed', '| { type: `${string}:${string}`; value: unknown }', '', 'Block', 'type'],
    ['an export that is gone', 'export declare const LIMIT: number;', '', 'LIMIT', 'no longer exported'],
    ['a function that asks for more', 'input: Input)', 'input: Input, signal: AbortSignal)', 'ask', 'Target'],
    [
      'a base class with a new abstract method',
      'abstract run',
      'abstract stop(): void; abstract run',
      'Base',
      'stop',
    ],
    ['a base class with a new method of its own', 'hook?()', 'extra(): void; hook?()', 'Base', 'extra'],
    [
      'a constructor that asks for more',
      'limit: number);',
      'limit: number, window: number);',
      'Limiter',
      'Source',
    ],
    ['a static member that is gone', 'static of(limit: number): Limiter;', '', 'Limiter', 'of'],
  ])('refuses %s', (_, from, to, name, why) => {
    const found = changed(from, to);
    expect(found.map((each) => each.name)).toContain(name);
    expect(found.map((each) => each.message).join('\n')).toContain(why);
  });

  test.each([
    ['an optional member', 'chat(', 'count?(): number; chat('],
    ['an option', 'strict?:', 'seed?: number | undefined; strict?:'],
    ['a word more in an open vocabulary', "'stop' |", "'stop' | 'refusal' |"],
    ['a code more', "'timeout' |", "'timeout' | 'budget' |"],
    [
      'a later kind of block',
      "{ type: 'text'",
      "{ type: 'v2:audio'; value: unknown; data?: string } | { type: 'text'",
    ],
    ['an export more', 'export declare const', 'export declare const MORE: number; export declare const'],
    ['an optional parameter', 'input: Input)', 'input: Input, signal?: AbortSignal)'],
    ['a private member of a base class', '#private; ', ''],
    ['an optional hook', 'hook?()', 'after?(): void; hook?()'],
    ['a method more of a class that nobody extends', 'wait()', 'stop(): void; wait()'],
    ['a type parameter with a default', 'Model<P = unknown>', 'Model<P = unknown, M = unknown>'],
  ])('accepts %s', (_, from, to) => {
    expect(changed(from, to)).toEqual([]);
  });

  test('refuses a subpath that is gone', () => {
    const after = { ...api(before), entries: new Map<string, string>() };
    expect(breaks(api(before), after)).toEqual([{ name: '.', message: expect.stringContaining('gone') }]);
  });

  test('a report holds what is public and what that is made of, and nothing else', () => {
    const files = new Map([
      ['index.d.ts', "export { a } from './a.ts';\nexport * from './b.ts';"],
      [
        'a.d.ts',
        "import { Used, Unused } from './b.ts';\ninterface Shape { x: Used }\nexport declare function a(): Shape;\nexport declare function helper(): Unused;",
      ],
      ['b.d.ts', 'export interface Used { y: number }\ninterface Hidden { z: number }'],
    ]);
    expect(Object.fromEntries(publicFiles(files, ['index.d.ts']))).toEqual({
      'index.d.ts': "export { a } from './a.ts';\nexport * from './b.ts';",
      'a.d.ts':
        "import type { Used } from './b.ts';\ninterface Shape { x: Used }\nexport declare function a(): Shape;",
      'b.d.ts': 'export interface Used { y: number }',
    });
  });
});
