import type { ReactElement } from 'react';
import type { ConversationSummary } from '../contract.ts';

export interface ConversationListProps {
  list: readonly ConversationSummary[];
  current: string | undefined;
  onNew: () => void;
  onChoose: (id: string) => void;
  onDelete: (id: string) => void;
}

export function ConversationList(props: ConversationListProps): ReactElement {
  const { list, current, onNew, onChoose, onDelete } = props;
  return (
    <nav className="conversations" aria-label="Conversations">
      <button type="button" className="primary new" onClick={onNew}>
        New conversation
      </button>
      {list.length === 0 ? (
        <p className="hint">What you ask is kept here.</p>
      ) : (
        <ul>
          {list.map(({ id, title }) => (
            <li key={id} className={id === current ? 'current' : undefined}>
              <button
                type="button"
                className="title"
                aria-current={id === current ? 'page' : undefined}
                onClick={() => onChoose(id)}
              >
                {title}
              </button>
              <button
                type="button"
                className="quiet delete"
                aria-label={`Delete “${title}”`}
                title="Delete"
                onClick={() => {
                  if (window.confirm(`Delete “${title}”?`)) onDelete(id);
                }}
              >
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </nav>
  );
}
