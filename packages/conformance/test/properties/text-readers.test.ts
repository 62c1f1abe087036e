import * as parser from '@mortise/core/parser';
import * as reader from '@mortise/core/reader';
import * as schema from '@mortise/core/schema';
import * as shared from '@mortise/core/shared';
import * as tokenizer from '@mortise/core/tokenizer';
import * as wire from '@mortise/core/wire';
import { describe, expect, it } from 'vitest';
import * as json from '@mortise/toolkit/json';
import * as parsers from '@mortise/toolkit/parsers';
import * as prompts from '@mortise/toolkit/prompts';
import * as toolkitSchema from '@mortise/toolkit/schema';
import { coreReaders, notReaders } from './text-readers.ts';

const ROOMS = { json, parser, parsers, prompts, reader, schema, shared, tokenizer, toolkitSchema, wire };

describe('the list of the readers of text in core and the toolkit', () => {
  it.each(Object.entries(ROOMS))('is tried, or has a reason not to be: %s', (_, room) => {
    const known = new Set([
      ...coreReaders.flatMap(({ exports }) => exports),
      ...Object.values(notReaders).flat(),
    ]);
    expect(Object.keys(room).filter((name) => !known.has(name))).toEqual([]);
  });

  it('is an export of one of these rooms', () => {
    const names = new Set(Object.values(ROOMS).flatMap((room) => Object.keys(room)));
    const known = [...coreReaders.flatMap(({ exports }) => exports), ...Object.values(notReaders).flat()];
    expect(known.filter((name) => !names.has(name))).toEqual([]);
  });
});
