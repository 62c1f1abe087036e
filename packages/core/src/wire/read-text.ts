import { connectionIsFree } from '../call/timers.ts';
import type { About, ReadingAttempt } from './about.ts';

/** The reply as text, telling the attempt of its headers. */
export async function readText(response: Response, attempt: ReadingAttempt, _about?: About): Promise<string> {
  attempt.touch();
  attempt.replied?.(response.headers);
  const text = await response.text();
  await connectionIsFree();
  return text;
}
