import type { LLM } from '@mortise/core/llm';
import { cutFrames } from '../lab/framing.ts';
import { closesEarly as closes } from '../shared/helpers.ts';
import type { WireHandler } from '../wire.ts';
import { TEXT } from './answers.ts';
import { tellFrames, type LLMTrial } from './lab.ts';

/** Everything up to the terminal event, and then nothing. */
export function stalled(trial: LLMTrial): WireHandler {
  const frames = cutFrames(trial.subject.dialect.frames(TEXT));
  return (_request, reply) => tellFrames(reply, frames, { end: 'stall' });
}

/** Reads one delta and goes. */
export async function leave(llm: LLM, signal?: AbortSignal): Promise<void> {
  for await (const _delta of llm.streamChat('Hi', { signal }).textStream) break;
}

/** The client closed the connection before the reply was over. */
export function closesEarly(
  { check }: LLMTrial,
  closed: Promise<boolean> | undefined,
  what: string,
): Promise<void> {
  return closes(check, closed, what);
}
