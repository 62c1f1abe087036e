import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { endOf, statusOf, tokensOf, type Run } from '../src/runs.ts';
import { askedOf, clock, count, duration, kindOf, labelOf, nameOf } from './show.ts';
import { useNow } from './use-shown.ts';

/** Pixels; also in the style sheet. */
const ROW = 62;

export interface RunListProps {
  readonly runs: readonly Run[];
  readonly selected: string | undefined;
  readonly onSelect: (run: Run) => void;
  /** By Enter, or by a click. */
  readonly onOpen: (how: 'key' | 'click', run: string | undefined) => void;
}

/** The runs, the newest first. */
export function RunList({ runs, selected, onSelect, onOpen }: RunListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  const now = useNow(runs.some(({ root }) => statusOf(root) === 'running'));
  const at = runs.findIndex(({ id }) => id === selected);

  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
    // Runs that come move nothing.
  }, [selected]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const places: Readonly<Record<string, number>> = {
      ...{ ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0), Home: 0, End: runs.length - 1 },
      ...{ PageDown: at + 8, PageUp: Math.max(at - 8, 0) },
    };
    if (event.key === 'Enter') {
      // Else it would press what is focused by then.
      event.preventDefault();
      onOpen('key', runs[at]?.id);
    }
    const to = places[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const run = runs[Math.min(to, runs.length - 1)];
    if (run !== undefined) onSelect(run);
  };

  return (
    <div
      className="runs"
      ref={scroller}
      role="listbox"
      aria-label="Runs"
      aria-activedescendant={at < 0 ? undefined : optionId(runs[at]?.id ?? '')}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const run = runs[index];
          if (run === undefined) return null;
          const { root } = run;
          const status = statusOf(root);
          const { inputTokens, outputTokens } = tokensOf(root);
          const isSelected = run.id === selected;
          return (
            <div
              key={run.id}
              id={optionId(run.id)}
              role="option"
              aria-selected={isSelected}
              aria-setsize={runs.length}
              aria-posinset={index + 1}
              className={`run ${isSelected ? 'selected' : ''}`}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                onSelect(run);
                onOpen('click', run.id);
              }}
            >
              <span className="run-title">
                <span className={`status ${status}`} role="img" aria-label={status} />
                <span className="run-name">
                  {askedOf(root) ?? [nameOf(root), labelOf(root)].filter(Boolean).join(' · ')}
                </span>
              </span>
              <span className="run-facts">
                <span className={`dot kind-${kindOf(root.name)}`} aria-hidden="true" />
                <span>{nameOf(root)}</span>
                <span className="numbers">
                  {inputTokens + outputTokens > 0 && <span>{count(inputTokens + outputTokens)} tok</span>}
                  <span>{duration(endOf(root, now) - root.startedAt)}</span>
                  <time dateTime={new Date(root.startedAt).toISOString()}>{clock(root.startedAt)}</time>
                </span>
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function optionId(id: string): string {
  return `run-${id.replaceAll(/[^\w-]/g, '_')}`;
}
