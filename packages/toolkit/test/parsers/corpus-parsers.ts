import { readFileSync, readdirSync } from 'node:fs';
import { BaseOutputParser, type OutputParser, type ParserErrorDetails } from '@mortise/core/parser';
import {
  BooleanParser,
  CodeBlocksParser,
  CombinedParser,
  DateParser,
  EnumParser,
  JsonParser,
  ListParser,
  MarkdownSectionsParser,
  MarkdownTableParser,
  NumberParser,
  RegexParser,
  SchemaParser,
  SelectionParser,
  XmlParser,
} from '@mortise/toolkit/parsers';
import type { JsonRepair } from '@mortise/toolkit/json';
import { z } from 'zod';

/** One line of the corpus; its README says what the members are. */
export interface Reply {
  id: string;
  source: string;
  form: string;
  parser: string;
  options?: any;
  text: string;
  expect?: unknown;
  error?: { code: 'parse' | 'validation' } & Partial<ParserErrorDetails>;
  repairs?: string[];
}

const FOLDER = new URL('corpus/', import.meta.url);

export const replies: Reply[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(new URL(name, FOLDER), 'utf8').trim().split('\n'))
  .map((line) => JSON.parse(line) as Reply);

class TextParser extends BaseOutputParser<string> {
  doParse(text: string): string {
    return text;
  }
}

const SCHEMAS: { [name: string]: z.ZodType } = {
  step: z.object({ label: z.string(), reason: z.string() }),
  list: z.object({ items: z.array(z.object({ name: z.string(), price: z.number() })) }),
  car: z.object({ name: z.string(), color: z.string().optional() }),
};

/** The parser of a reply; `repaired` is told what a tolerant one mended. */
export function parserOf(
  { parser, options = {} }: Pick<Reply, 'parser' | 'options'>,
  repaired?: (repairs: readonly JsonRepair[]) => void,
): OutputParser<any, any> {
  switch (parser) {
    case 'json':
      return new JsonParser(options);
    case 'json-tolerant':
      return new JsonParser({ ...options, tolerant: true, onRepair: repaired });
    case 'schema':
      return new SchemaParser(SCHEMAS[options.schema] as z.ZodType);
    case 'list':
      return new ListParser(options);
    case 'boolean':
      return new BooleanParser(options);
    case 'enum':
      return new EnumParser(options.values);
    case 'number':
      return new NumberParser(options);
    case 'date':
      return new DateParser();
    case 'code-blocks':
      return new CodeBlocksParser(options);
    case 'markdown-table':
      return new MarkdownTableParser(options);
    case 'markdown-sections':
      return new MarkdownSectionsParser(options);
    case 'xml':
      return new XmlParser(options);
    case 'selection':
      return new SelectionParser(options.choices, options);
    case 'regex':
      return new RegexParser(new RegExp(options.pattern));
    case 'combined':
      return new CombinedParser(
        Object.fromEntries(
          Object.entries(options.parts as { [name: string]: string }).map(([name, kind]) => [
            name,
            kind === 'text' ? new TextParser() : parserOf({ parser: kind }),
          ]),
        ),
      );
    default:
      throw new Error(`The corpus names a parser that is not known: ${parser}.`);
  }
}
