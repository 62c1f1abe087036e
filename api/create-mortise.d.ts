// The API of create-mortise. Written by `pnpm api`.
// entry . index.d.ts

// ---- complete.d.ts
import type { Flags, ScaffoldOptions } from './options.ts';
export interface Surroundings {
    readonly target: ScaffoldOptions['target'];
    readonly taken: readonly string[];
    readonly ask?: ((question: string) => Promise<string>) | undefined;
    readonly newest: (name: string) => Promise<string>;
}
export declare function completeOptions(flags: Flags, { target, taken, ask, newest }: Surroundings): Promise<ScaffoldOptions>;

// ---- files.d.ts
import type { ScaffoldOptions } from './options.ts';
export declare function integrationFiles(options: ScaffoldOptions): Map<string, string>;

// ---- index.d.ts
export { integrationFiles } from './files.ts';
export { CAPABILITIES, hasConnection, nameProblem, packageNameProblem, parseFlags, optionsProblem, sdkOf, type Capability, type Flags, type ScaffoldOptions, } from './options.ts';
export { completeOptions, type Surroundings } from './complete.ts';
export { VERSIONS } from './versions.ts';

// ---- options.d.ts
export declare const CAPABILITIES: readonly ["llm", "embedding", "reranker", "retriever", "parser", "vector-store", "reader"];
export type Capability = (typeof CAPABILITIES)[number];
export interface ScaffoldOptions {
    readonly name: string;
    readonly packageName: string;
    readonly capabilities: readonly Capability[];
    readonly sdk?: {
        readonly name: string;
        readonly range: string;
    } | undefined;
    readonly openAICompatible: boolean;
    readonly target: 'workspace' | 'standalone';
}
export interface Flags {
    readonly name?: string | undefined;
    readonly packageName?: string | undefined;
    readonly capabilities: readonly Capability[];
    readonly sdk?: string | undefined;
    readonly openAICompatible: boolean;
    readonly yes: boolean;
    readonly help: boolean;
}
export declare function parseFlags(args: readonly string[]): Flags;
export declare function nameProblem(name: string, taken?: readonly string[]): string | undefined;
export declare function packageNameProblem(name: string): string | undefined;
export declare function optionsProblem({ capabilities, sdk, openAICompatible }: ScaffoldOptions): string | undefined;
export declare function hasConnection(capability: Capability): boolean;
export declare function sdkOf(text: string): {
    name: string;
    range: string | undefined;
};

// ---- versions.d.ts
export declare const VERSIONS: {
    readonly core: "^1.0.0";
    readonly conformance: "^1.0.0";
    readonly openai: "^1.0.0";
    readonly tools: {
        readonly '@types/node': "^24.0.0";
        readonly oxlint: "^1.94.0";
        readonly publint: "^0.3.25";
        readonly tsup: "^9.0.0";
        readonly typescript: "~6.0.3";
        readonly vitest: "^5.1.1";
    };
};
