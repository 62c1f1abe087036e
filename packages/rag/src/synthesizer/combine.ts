import type { ChatMessage } from '@mortise/core';
import { mapPool } from '@mortise/core/call';
import { answerEvents, replyTo, roomOptions, stepEvents, type Writer } from './ask.ts';
import type { SynthesisCall, SynthesisEvent } from './base.ts';
import { delimitedQuestion, numbered, type CombinePrompt, type NumberedText } from './prompt.ts';
import { cutAt, roomForSources } from './room.ts';

/** Who makes one answer of several, and how many at once. */
export interface Combining {
  readonly writer: Writer;
  readonly prompt: CombinePrompt;
  /** Answers in one prompt, at most; at least 2. */
  readonly fanIn: number;
  readonly concurrency: number;
}

/**
 * One answer of several, in rounds until all that is left fits into a prompt; that last call is streamed. An answer
 * that takes more than half of a prompt is cut, with a warning, so that each round at least halves their number,
 * whatever the model writes. Answers without text are left out.
 */
export async function* combineAnswers(
  combining: Combining,
  question: string,
  answers: readonly NumberedText[],
  call: SynthesisCall,
): AsyncGenerator<SynthesisEvent> {
  const { writer, prompt, concurrency } = combining;
  const { signal } = call;
  for (let remaining = answers; ;) {
    const { groups, cut } = groupAnswers(combining, question, remaining.filter(hasText));
    if (cut > 0) yield { type: 'warning', warning: { type: 'other', message: cutMessage(cut) } };
    const [first, ...others] = groups.map((group) => combineMessages(prompt, question, group));
    if (first === undefined) return;
    if (others.length === 0) {
      yield* answerEvents(writer, first, call);
      return;
    }
    // One that is left over goes up as it is.
    const last = groups.at(-1) ?? [];
    const carried = last.length === 1 ? last : [];
    const asked = [first, ...others].slice(0, groups.length - carried.length);
    const replies = await mapPool(asked, { concurrency, signal }, (messages, own) =>
      replyTo(writer, messages, { ...call, signal: own }),
    );
    for (const reply of replies) yield* stepEvents(reply, 'A partial answer');
    remaining = [...replies.map(({ text }) => ({ about: '', text })), ...carried];
  }
}

function hasText({ text }: NumberedText): boolean {
  return text.trim() !== '';
}

function cutMessage(count: number): string {
  return `${count} partial answers were cut, as two of them must fit into the model's context together.`;
}

/** The tags of one partial answer, in tokens, rounded up. */
const TAG_TOKENS = 24;

/** In groups that fit into a prompt, in their order. Every group but the last has two or more. */
function groupAnswers(
  { writer, prompt, fanIn }: Combining,
  question: string,
  answers: readonly NumberedText[],
): { readonly groups: readonly (readonly NumberedText[])[]; readonly cut: number } {
  const room = roomForSources(writer.llm, combineMessages(prompt, question, []), roomOptions(writer));
  const fitting = answers.map((answer) => fit(answer, Math.max(1, room / 2 - TAG_TOKENS), writer));
  const groups: NumberedText[][] = [];
  let remaining = 0;
  for (const { answer, tokens } of fitting) {
    const group = groups.at(-1);
    if (group === undefined || group.length >= fanIn || (group.length > 1 && remaining < tokens)) {
      groups.push([answer]);
      remaining = room - tokens;
    } else {
      group.push(answer);
      remaining -= tokens;
    }
  }
  return { groups, cut: fitting.filter(({ isCut }) => isCut).length };
}

function fit(
  answer: NumberedText,
  room: number,
  { tokenizer }: Writer,
): { answer: NumberedText; tokens: number; isCut: boolean } {
  if (room === Infinity) return { answer, tokens: 0, isCut: false };
  const about = answer.about.slice(0, cutAt(answer.about, Math.max(1, room / 2), tokenizer));
  const text = answer.text.slice(
    0,
    cutAt(answer.text, Math.max(1, room - tokenizer.count(about)), tokenizer),
  );
  const tokens = tokenizer.count(about) + tokenizer.count(text) + TAG_TOKENS;
  return { answer: { about, text }, tokens, isCut: text !== answer.text || about !== answer.about };
}

/** The prompt, filled in. */
function combineMessages(
  prompt: CombinePrompt,
  question: string,
  answers: readonly NumberedText[],
): ChatMessage[] {
  const { texts, tag } = numbered(
    'answer',
    answers.map((answer, at) => ({ ...answer, number: at + 1 })),
    [question],
  );
  return prompt.format({ answers: texts, tag, question: delimitedQuestion(question, answers) });
}
