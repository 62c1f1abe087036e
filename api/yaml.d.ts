// The API of @mortise/yaml. Written by `pnpm api`.
// entry . index.d.ts

// ---- index.d.ts
export { YamlParser, type YamlParserOptions } from './parser.ts';

// ---- parser.d.ts
import type { JsonValue } from '@mortise/core';
import type { Schema } from '@mortise/core/schema';
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
export interface YamlParserOptions<Input, Output> {
    schema?: Schema<Input, Output> | undefined;
    maxAliasCount?: number | undefined;
}
export declare class YamlParser<Input = JsonValue, Output = Input> extends BaseOutputParser<Output, Output> {
    constructor(options?: YamlParserOptions<Input, Output>);
    get name(): string;
    instructions(): string;
    doParse(text: string, options: ParseOptions): Promise<Output>;
}
