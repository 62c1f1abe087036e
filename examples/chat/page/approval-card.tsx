import type { ReactElement } from 'react';
import type { NotePart } from './types.ts';

export interface ApprovalCardProps {
  part: NotePart;
  onDecide: (approval: string, approved: boolean) => void;
}

/** A note before it is written, and what came of it. */
export function ApprovalCard({ part, onDecide }: ApprovalCardProps): ReactElement {
  const { state, input, toolCallId } = part;
  const note = <blockquote>{input?.text}</blockquote>;
  if (state === 'approval-requested') {
    const { id } = part.approval;
    return (
      <section className="card asked" aria-labelledby={toolCallId}>
        <h3 id={toolCallId}>Save this note?</h3>
        {note}
        <p className="hint">
          The tool <code>save_note</code> writes it to <code>notes.md</code>. Nothing is written before you
          decide.
        </p>
        <div className="buttons">
          <button type="button" className="primary" onClick={() => onDecide(id, true)}>
            Approve
          </button>
          <button type="button" onClick={() => onDecide(id, false)}>
            Deny
          </button>
        </div>
      </section>
    );
  }
  return (
    <section className="card" aria-label={outcomeOf(part)}>
      <p className="outcome">{outcomeOf(part)}</p>
      {note}
      {state === 'output-error' && <p className="hint">{part.errorText}</p>}
    </section>
  );
}

function outcomeOf(part: NotePart): string {
  switch (part.state) {
    case 'output-available':
      return `Saved to ${part.output.file}`;
    case 'output-denied':
      return 'Not saved: you denied it';
    case 'output-error':
      return 'Not saved';
    case 'approval-responded':
      return part.approval.approved ? 'Saving…' : 'Not saved: you denied it';
    default:
      return 'A note';
  }
}
