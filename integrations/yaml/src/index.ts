export { YamlParser, type YamlParserOptions } from './parser.ts';
