// A run that is killed: five tools with side effects, two of which need approval. Argument: the folder. It goes on from
// the state that it finds there, says when it begins, and exits with 0 when the run has answered.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runTools, type GivenApproval, type ToolsInput, type ToolsState } from '@mortise/toolkit';
import { APPROVAL_KEY, INPUT, scriptedFrom, toolsOn } from './world.ts';

const folder = process.argv[2] ?? '';
const file = join(folder, 'state.json');
const asked = join(folder, 'approvals.json');
process.stdout.write('begins\n');

for (;;) {
  const state = existsSync(file) ? (read(file) as ToolsState) : undefined;
  const result = await runTools(scriptedFrom(state), (state ?? INPUT) as ToolsInput, {
    tools: toolsOn(folder),
    runId: 'the-run',
    approvalKey: APPROVAL_KEY,
    approvals: open(state),
    onState: async (now) => {
      await setTimeout(1);
      write(file, now);
    },
  });
  if (result.ended === 'answer') break;
  // Somebody says yes, and it is kept beside the state.
  write(
    asked,
    result.approvals.map(({ callId, token }) => ({ callId, token, approved: true })),
  );
}

/** Those that the state does not hold yet: each is good for one use. */
function open(state: ToolsState | undefined): GivenApproval[] {
  if (!existsSync(asked) || state === undefined) return [];
  const waits = new Set(waitingIn(state));
  return (read(asked) as GivenApproval[]).filter(({ callId }) => waits.has(callId));
}

/** Calls that are neither answered nor decided, those of agents too. */
function waitingIn({ reply }: ToolsState, around = ''): string[] {
  const blocks = reply?.message['content'] as { type: string; id: string }[] | undefined;
  const ids = blocks?.filter(({ type }) => type === 'tool-call').map(({ id }) => `${around}${id}`) ?? [];
  return ids.flatMap((id, at) => {
    const { result, approved, run } = reply?.calls[at] ?? {};
    if (result !== undefined) return [];
    return [...(approved === undefined ? [id] : []), ...(run === undefined ? [] : waitingIn(run, `${id}/`))];
  });
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Whole, or not at all. */
function write(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}
