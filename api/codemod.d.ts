// The API of @mortise/codemod. Written by `pnpm api`.
// entry . index.d.ts

// ---- engine/contract.d.ts
import type { CallExpression, NewExpression, Node, SourceFile, Statement } from 'ts-morph';
export type Kind = string;
export type Rule<N extends Node = Node> = (node: N, file: Rewriting) => string;
export type KindOf<N extends Node = Node> = Kind | ((node: N, file: Rewriting) => Kind | undefined);
export interface PropertyRule {
    readonly kind?: KindOf | undefined;
    readonly as: string | Rule;
    readonly bound?: {
        readonly as: string;
        readonly kind?: Kind;
    };
}
export interface MethodRule {
    readonly kind?: KindOf<CallExpression> | undefined;
    readonly rule: Rule<CallExpression>;
    readonly sync?: true;
}
export interface KindRules {
    readonly methods?: Readonly<Record<string, MethodRule>>;
    readonly properties?: Readonly<Record<string, PropertyRule>>;
    readonly iterates?: {
        readonly kind?: Kind;
        readonly through: string;
    };
    readonly type?: {
        readonly name: string;
        readonly from: string;
    };
    readonly plain?: true;
}
export interface NameRules {
    readonly construct?: {
        readonly kind?: KindOf<NewExpression>;
        readonly rule: Rule<NewExpression>;
    };
    readonly call?: MethodRule;
    readonly statics?: Readonly<Record<string, MethodRule>>;
    readonly values?: Readonly<Record<string, string | Rule>>;
    readonly type?: {
        readonly name: string;
        readonly from?: string;
        readonly kind?: Kind;
    };
    readonly without?: string;
}
export interface Library {
    readonly name: string;
    owns(specifier: string): boolean;
    readonly names: Readonly<Record<string, NameRules>>;
    readonly kinds: Readonly<Record<Kind, KindRules>>;
    readonly statement?: (statement: Statement, file: Rewriting) => string | undefined;
    readonly awaited?: (value: Node, file: Rewriting) => string | undefined;
}
export interface Remark {
    readonly line: number;
    readonly construct: string;
    readonly message: string;
}
export interface Rewriting {
    readonly library: Library;
    readonly source: SourceFile;
    readonly typed: boolean;
    render(node: Node): string;
    kindOf(node: Node): Kind | undefined;
    oldName(node: Node): string | undefined;
    use(name: string, from: string): string;
    useType(name: string, from: string): string;
    cannot(node: Node, message: string, construct?: string): string;
    note(node: Node, message: string, construct?: string): void;
    freshName(wanted: string): string;
    declare(statement: string): void;
    readonly settings: Map<string, {
        text: string;
        scope: Node | undefined;
    }>;
    setElsewhere(setting: string): boolean;
}

// ---- engine/rewrite-file.d.ts
import type { Remark } from './contract.ts';
export interface FileOutcome {
    readonly path: string;
    readonly before: string;
    readonly after: string;
    readonly state: 'untouched' | 'changed' | 'partly' | 'left';
    readonly listed: readonly Remark[];
    readonly notes: readonly Remark[];
    readonly met: Readonly<Record<string, number>>;
    readonly needs: readonly string[];
    readonly had: readonly string[];
}

// ---- engine/transform.d.ts
import type { Library } from './contract.ts';
import type { FileOutcome } from './rewrite-file.ts';
export interface CodeFile {
    readonly path: string;
    readonly text: string;
}
export interface TransformOptions {
    readonly partial?: boolean | undefined;
    readonly onProgress?: ((progress: {
        done: number;
        total: number;
        path: string;
    }) => void) | undefined;
}
export declare function transform(library: Library, files: readonly CodeFile[], options?: TransformOptions): FileOutcome[];

// ---- index.d.ts
export type { Kind, Library, Remark } from './engine/contract.ts';
export type { FileOutcome } from './engine/rewrite-file.ts';
export { reportJson, reportText, summarize, type Summary } from './report.ts';
export { transform, type CodeFile, type TransformOptions } from './engine/transform.ts';
export { langchain } from './langchain/library.ts';
export { llamaindex } from './llamaindex/library.ts';
export { parseCommand, type CommandOptions } from './options.ts';
export { run, type Output } from './run.ts';

// ---- langchain/library.d.ts
import type { Library } from '../engine/contract.ts';
export declare const langchain: Library;

// ---- llamaindex/library.d.ts
import type { Library } from '../engine/contract.ts';
export declare const llamaindex: Library;

// ---- options.d.ts
import type { Library } from './engine/contract.ts';
export interface CommandOptions {
    readonly library: Library;
    readonly path: string;
    readonly dryRun: boolean;
    readonly partial: boolean;
    readonly force: boolean;
    readonly json: boolean;
}
export declare function parseCommand(args: readonly string[]): CommandOptions | undefined;

// ---- report.d.ts
import type { FileOutcome } from './engine/rewrite-file.ts';
export interface Summary {
    readonly files: number;
    readonly changed: number;
    readonly partly: number;
    readonly left: number;
    readonly install: readonly string[];
    readonly remove: readonly string[];
}
export declare function summarize(outcomes: readonly FileOutcome[]): Summary;
export declare function reportText(outcomes: readonly FileOutcome[], dryRun: boolean): string;
export declare function reportJson(outcomes: readonly FileOutcome[], dryRun: boolean): string;

// ---- run.d.ts
import type { CommandOptions } from './options.ts';
export interface Output {
    readonly out: (text: string) => void;
    readonly err: (text: string) => void;
    readonly isTerminal: boolean;
}
export declare function run(options: CommandOptions, { out, err, isTerminal }: Output): number;
