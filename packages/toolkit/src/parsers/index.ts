export { CodeBlocksParser, type CodeBlock, type CodeBlocksParserOptions } from './code-blocks.ts';
export { CombinedParser, type CombinedValue } from './combined.ts';
export { JsonParser, streamJson, type JsonParserOptions } from './json.ts';
export {
  fromLangChainParser,
  toLangChainParser,
  type LangChainInput,
  type LangChainParser,
  type LangChainRunnableParser,
} from './langchain.ts';
export { ListParser, type ListParserOptions } from './list.ts';
export {
  MarkdownSectionsParser,
  MarkdownTableParser,
  type MarkdownRow,
  type MarkdownSection,
  type MarkdownSectionsParserOptions,
  type MarkdownTableParserOptions,
} from './markdown.ts';
export { RegexParser, type RegexParserOptions } from './regex.ts';
export {
  BooleanParser,
  DateParser,
  EnumParser,
  NumberParser,
  type BooleanParserOptions,
  type NumberParserOptions,
} from './scalar.ts';
export { SchemaParser, type SchemaParserOptions } from './schema.ts';
export { SelectionParser, type Selection, type SelectionParserOptions } from './selection.ts';
export { withRepair, type RepairOptions } from './with-repair.ts';
export { XmlParser, xmlText, type XmlElement, type XmlParserOptions } from './xml.ts';
