/**
 * Our parsers as steps of LangChain.js and theirs as ours, with the real library on the other side. It asserts, prints
 * what it saw, and needs no network: `pnpm exec node --conditions=mortise-source langchain-parsers.ts`.
 */
import assert from 'node:assert/strict';
import { CommaSeparatedListOutputParser, StructuredOutputParser } from '@langchain/core/output_parsers';
import { PromptTemplate } from '@langchain/core/prompts';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { isParserError } from '@mortise/core';
import { fromLangChainParser, ListParser, SchemaParser, toLangChainParser } from '@mortise/toolkit/parsers';
import { z } from 'zod';

const city = z.object({ name: z.string(), people: z.number() });
const reply = '{"name":"Bern","people":134000}';

/** One of theirs as one of ours. */
async function theirs(): Promise<void> {
  const list = fromLangChainParser(new CommaSeparatedListOutputParser());
  assert.deepEqual(await list.parse('a, b'), ['a', 'b']);
  const records = fromLangChainParser(StructuredOutputParser.fromZodSchema(city));
  assert.match(records.format!('Where?'), /^Where\?\n\n[^]*"people"/);
  assert.deepEqual(await records.parse(reply), { name: 'Bern', people: 134_000 });
  const failure: unknown = await records.parse('nothing').catch((error: unknown) => error);
  assert.ok(isParserError(failure) && failure.text === 'nothing');
  const streamed: unknown[] = [];
  for await (const value of records.stream!(pieces(reply))) streamed.push(value);
  assert.deepEqual(streamed, [{ name: 'Bern', people: 134_000 }]);
}

/** One of ours as a step of a sequence of theirs. */
async function ours(): Promise<number> {
  const parser = toLangChainParser(new SchemaParser(city));
  const model = new FakeListChatModel({ responses: [reply] });
  const ask = PromptTemplate.fromTemplate('Where?\n{form}');
  const chain = ask.pipe(model).pipe(parser as never);
  const form = parser.getFormatInstructions();
  assert.deepEqual(await chain.invoke({ form }), { name: 'Bern', people: 134_000 });
  assert.deepEqual(await chain.batch([{ form }, { form }]), Array(2).fill({ name: 'Bern', people: 134_000 }));
  const seen: unknown[] = [];
  for await (const value of await chain.stream({ form })) seen.push(value);
  assert.deepEqual(seen.at(-1), { name: 'Bern', people: 134_000 });
  assert.ok(seen.length > 3, 'the sequence did not stream');
  const broken = new FakeListChatModel({ responses: ['"a'] }).pipe(
    toLangChainParser(new ListParser()) as never,
  );
  await assert.rejects(broken.invoke('x'), isParserError);
  return seen.length;
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 5) yield text.slice(at, at + 5);
}

await theirs();
console.log(
  `LangChain's parsers work as ours, ours as a step of a sequence: ${await ours()} values of one stream`,
);
