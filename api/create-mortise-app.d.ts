// The API of create-mortise-app. Written by `pnpm api`.
// entry . index.d.ts

// ---- complete.d.ts
import type { AppFlags, AppOptions } from './options.ts';
export interface Surroundings {
    readonly cwd: string;
    readonly ask?: ((question: string) => Promise<string>) | undefined;
}
export interface Plan extends AppOptions {
    readonly folder: string;
}
export declare function completeOptions(flags: AppFlags, { cwd, ask }: Surroundings): Promise<Plan>;

// ---- files.d.ts
import type { AppOptions } from './options.ts';
export declare function appFiles(options: AppOptions): Map<string, string>;

// ---- index.d.ts
export { completeOptions, type Plan, type Surroundings } from './complete.ts';
export { appFiles } from './files.ts';
export { folderProblem, packageNameOf, packageNameProblem, parseFlags, templateOf, TEMPLATES, type AppFlags, type AppOptions, type Template, } from './options.ts';
export { PROVIDERS, type Provider } from './providers.ts';
export { VERSIONS } from './versions.ts';
export { writeFolder } from './write.ts';

// ---- options.d.ts
import type { Provider } from './providers.ts';
export declare const TEMPLATES: readonly ["chat", "rag", "extraction", "agent"];
export type Template = (typeof TEMPLATES)[number];
export interface AppOptions {
    readonly template: Template;
    readonly packageName: string;
    readonly providers: readonly Provider[];
}
export interface AppFlags {
    readonly folder?: string | undefined;
    readonly template?: Template | undefined;
    readonly providers: readonly Provider[];
    readonly packageName?: string | undefined;
    readonly yes: boolean;
    readonly help: boolean;
}
export declare function parseFlags(args: readonly string[]): AppFlags;
export declare function templateOf(text: string): Template;
export declare function folderProblem(folder: string): string | undefined;
export declare function packageNameOf(folder: string): string;
export declare function packageNameProblem(name: string): string | undefined;

// ---- providers.d.ts
export declare const PROVIDERS: {
    readonly openai: {
        readonly packageName: "@mortise/openai";
        readonly imports: readonly ["import { OpenAILLM } from '@mortise/openai';", "import { groq, ollama, openrouter } from '@mortise/openai/presets';"];
        readonly models: {
            readonly openai: "new OpenAILLM({ model })";
            readonly ollama: "new OpenAILLM({ ...ollama, model })";
            readonly groq: "new OpenAILLM({ ...groq, model })";
            readonly openrouter: "new OpenAILLM({ ...openrouter, model })";
        };
        readonly keys: {
            readonly OPENAI_API_KEY: "openai:gpt-5.4-mini";
            readonly GROQ_API_KEY: "groq:openai/gpt-oss-120b";
        };
    };
    readonly anthropic: {
        readonly packageName: "@mortise/anthropic";
        readonly imports: readonly ["import { AnthropicLLM } from '@mortise/anthropic';"];
        readonly models: {
            readonly anthropic: "new AnthropicLLM({ model })";
        };
        readonly keys: {
            readonly ANTHROPIC_API_KEY: "anthropic:claude-sonnet-5-5";
        };
    };
    readonly google: {
        readonly packageName: "@mortise/google";
        readonly imports: readonly ["import { GoogleLLM } from '@mortise/google';"];
        readonly models: {
            readonly google: "new GoogleLLM({ model })";
        };
        readonly keys: {
            readonly GEMINI_API_KEY: "google:gemini-2.5-flash";
        };
    };
    readonly mistral: {
        readonly packageName: "@mortise/mistral";
        readonly imports: readonly ["import { MistralLLM } from '@mortise/mistral';"];
        readonly models: {
            readonly mistral: "new MistralLLM({ model })";
        };
        readonly keys: {
            readonly MISTRAL_API_KEY: "mistral:mistral-small-latest";
        };
    };
    readonly cohere: {
        readonly packageName: "@mortise/cohere";
        readonly imports: readonly ["import { CohereLLM } from '@mortise/cohere';"];
        readonly models: {
            readonly cohere: "new CohereLLM({ model })";
        };
        readonly keys: {
            readonly CO_API_KEY: "cohere:command-a-03-2025";
        };
    };
};
export type Provider = keyof typeof PROVIDERS;

// ---- versions.d.ts
export declare const VERSIONS: {
    readonly packages: {
        readonly '@mortise/anthropic': "^1.0.0";
        readonly '@mortise/cohere': "^1.0.0";
        readonly '@mortise/core': "^1.0.0";
        readonly '@mortise/energetic-ai': "^1.0.0";
        readonly '@mortise/google': "^1.0.0";
        readonly '@mortise/mistral': "^1.0.0";
        readonly '@mortise/openai': "^1.0.0";
        readonly '@mortise/rag': "^1.0.0";
        readonly '@mortise/stores': "^1.0.0";
        readonly '@mortise/toolkit': "^1.0.0";
        readonly zod: "^4.6.7";
    };
    readonly tools: {
        readonly '@types/node': "^24.0.0";
        readonly typescript: "~6.0.3";
    };
};

// ---- write.d.ts
export declare function writeFolder(folder: string, files: Iterable<readonly [path: string, text: string]>): void;
