import { createTextNode } from '@mortise/core/retriever';
import { CITATION_PROMPT, citationPromptValues } from '@mortise/rag';
import { describe, expect, test } from 'vitest';
import { ExtractiveLLM } from '../extractive-llm.ts';

const SOURCES = [
  '## Watering\n\nWater in the morning. Leaves that stay wet overnight rot.\n\n- Pots need water twice a day.',
  '| tool | use |\n| --- | --- |\n| hoe | weeds between the rows |\n\n```sh\nwater --pots\n```\n',
];

const ask = async (question: string, sources = SOURCES): Promise<string> => {
  const nodes = sources.map((text) => createTextNode({ text }));
  return (await new ExtractiveLLM().chat(CITATION_PROMPT.format(citationPromptValues(question, nodes)))).text;
};

describe('it picks', () => {
  test('the sentence that shares the most telling words, and cites its source', async () => {
    expect(await ask('Why do wet leaves rot?')).toBe('Leaves that stay wet overnight rot. [1]');
  });

  test('a list item', async () => {
    expect(await ask('How often do pots need water?')).toBe('Pots need water twice a day. [1]');
  });

  test('a row of a table', async () => {
    expect(await ask('What are weeds removed with?')).toBe('| hoe | weeds between the rows | [2]');
  });

  test('no code', async () => {
    expect(await ask('water --pots')).not.toContain('--pots');
  });

  test('no code of a source that begins in the midst of some', async () => {
    const cut = 'drain --all\n```\n\nThen clean the pots.\n\n```sh\nwater --pots now\n```\n';
    expect(await ask('water the pots now', [cut])).not.toContain('--pots');
  });

  test('no more than three sentences, none of them twice', async () => {
    const sentence = 'Tomatoes want water.';
    const many = Array.from({ length: 5 }, (_, at) => `Tomatoes want water number ${at}.`).join(' ');
    const answer = await ask('Do tomatoes want water?', [sentence, sentence, many]);
    expect(answer.split('\n').length).toBe(3);
    expect(answer.match(/Tomatoes want water\. /g)).toHaveLength(1);
  });
});

test('it says the same streamed as whole', async () => {
  const nodes = SOURCES.map((text) => createTextNode({ text }));
  const messages = CITATION_PROMPT.format(citationPromptValues('When should I water pots?', nodes));
  const llm = new ExtractiveLLM();
  const whole = await llm.chat(messages);
  let streamed = '';
  for await (const delta of llm.streamChat(messages).textStream) streamed += delta;
  expect(streamed).toBe(whole.text);
});

test('a prompt without sources is not for it', async () => {
  await expect(new ExtractiveLLM().complete('Tell me a joke.')).rejects.toMatchObject({
    code: 'unsupported',
  });
});
