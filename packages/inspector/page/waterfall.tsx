import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import {
  endOf,
  firstTokenMs,
  flatten,
  spanEnd,
  statusOf,
  waitOf,
  type Row,
  type Run,
  type RunPoint,
  type RunSpan,
} from '../src/runs.ts';
import { duration, kindOf, labelOf, nameOf, searchable } from './show.ts';
import { useNow } from './use-shown.ts';

/** Pixels; also in the style sheet. */
const ROW = 30;
/** Deeper ones stand under each other. */
const MAX_INDENT = 14;
/** Marks in one row. */
const MAX_POINTS = 60;

export interface WaterfallProps {
  readonly run: Run;
  readonly selected: string;
  readonly search: string;
  readonly onSelect: (span: RunSpan) => void;
  /** Enter: what is selected is to be read. */
  readonly onOpen: () => void;
}

/** The spans of a run under each other, each where it stands in time. */
export function Waterfall({ run, selected, search, onSelect, onOpen }: WaterfallProps) {
  const { root, revision } = run;
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => new Set());
  const now = useNow(statusOf(root) === 'running');
  const rows = useMemo(
    () => (search === '' ? flatten(root, closed) : matching(root, search)),
    // The tree grows in place; its revision says when.
    [root, revision, closed, search],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const at = rows.findIndex(({ span }) => span.key === selected);
  const end = useMemo(() => endOf(root, now), [root, revision, now]);
  const scale: Scale = { from: root.startedAt, length: Math.max(end - root.startedAt, 1) };
  const ticks = ticksOf(scale.length);

  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
    // Rows that come while a run grows move nothing.
  }, [selected, search]);

  const toggle = useCallback(({ key }: RunSpan, open: boolean): void => {
    setClosed((before) => new Set(open ? [...before].filter((each) => each !== key) : [...before, key]));
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at] ?? rows[0];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = !closed.has(row.span.key) && row.span.children.length > 0;
    const page = Math.max(Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 2, 1);
    const go = (to: number): void => {
      const next = rows[Math.min(Math.max(to, 0), rows.length - 1)];
      if (next !== undefined) onSelect(next.span);
    };
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1);
        break;
      case 'ArrowUp':
        go(at - 1);
        break;
      case 'PageDown':
        go(at + page);
        break;
      case 'PageUp':
        go(at - page);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(rows.length - 1);
        break;
      case 'ArrowRight':
        if (isOpen || row.span.children.length === 0) go(at + 1);
        else toggle(row.span, true);
        break;
      case 'ArrowLeft':
        if (isOpen && search === '') toggle(row.span, false);
        else go(rows.slice(0, at).findLastIndex(({ depth }) => depth < row.depth));
        break;
      case 'Enter':
        onOpen();
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div className="waterfall">
      <div
        className="scroller"
        ref={scroller}
        role="treegrid"
        aria-label="Operations"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={at < 0 ? undefined : rowId(selected)}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className="axis">
          <div role="row" aria-rowindex={1} className="row">
            <div role="columnheader" className="name">
              Operation
            </div>
            <div role="columnheader" className="track" aria-label="Time">
              {ticks.map((ms) => (
                <span key={ms} className="tick" style={{ left: percent(ms / scale.length) }}>
                  {ms === 0 ? '0' : duration(ms).replace(/\.0+ /, ' ')}
                </span>
              ))}
            </div>
            <div role="columnheader" className="took">
              Took
            </div>
          </div>
        </div>
        <div
          role="rowgroup"
          className="rows"
          style={{
            height: virtual.getTotalSize(),
            '--step': percent((ticks[1] ?? scale.length) / scale.length),
          }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const { span } = row;
            return (
              <SpanRow
                key={span.key}
                row={row}
                // What a row shows changes with these alone.
                points={span.points.length}
                status={span.status}
                inside={span.children.length}
                attributes={span.attributes}
                end={spanEnd(span, now)}
                index={index}
                top={start}
                from={scale.from}
                length={scale.length}
                isOpen={!closed.has(span.key)}
                isSelected={span.key === selected}
                onSelect={onSelect}
                onToggle={toggle}
              />
            );
          })}
        </div>
        {rows.length === 0 && <p className="hint nothing">No operation of this run matches.</p>}
      </div>
    </div>
  );
}

interface Scale {
  readonly from: number;
  readonly length: number;
}

interface SpanRowProps {
  readonly row: Row;
  readonly points: number;
  readonly status: RunSpan['status'];
  readonly inside: number;
  readonly attributes: RunSpan['attributes'];
  readonly end: number;
  readonly index: number;
  readonly top: number;
  readonly from: number;
  readonly length: number;
  readonly isOpen: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (span: RunSpan) => void;
  readonly onToggle: (span: RunSpan, open: boolean) => void;
}

const SpanRow = memo(function SpanRow(props: SpanRowProps) {
  const { row, inside, end, index, top, from, length, isOpen, isSelected, onSelect, onToggle } = props;
  const { span, depth } = row;
  const status = statusOf(span);
  const left = share(span.startedAt - from, length);
  const right = Math.max(share(end - from, length), left);
  const first = firstTokenMs(span);
  return (
    <div
      role="row"
      id={rowId(span.key)}
      className={`row ${isSelected ? 'selected' : ''}`}
      aria-rowindex={index + 2}
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={inside === 0 ? undefined : isOpen}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(span)}
    >
      <div
        role="gridcell"
        className="name"
        style={{ paddingLeft: `${Math.min(depth, MAX_INDENT) * 14 + 4}px` }}
      >
        <span
          className={`twist ${inside === 0 ? 'leaf' : isOpen ? 'open' : ''}`}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            if (inside > 0) onToggle(span, !isOpen);
          }}
        />
        <span className={`dot kind-${kindOf(span.name)}`} aria-hidden="true" />
        <span className="span-name">{nameOf(span)}</span>
        <span className="label">{labelOf(span)}</span>
        {status === 'error' && <span className="badge bad">{span.error?.code ?? 'failed'}</span>}
        {status === 'aborted' && (
          <span className="badge">{span.attributes['left'] === true ? 'left' : 'aborted'}</span>
        )}
      </div>
      <div role="gridcell" className="track">
        <span
          className={`bar kind-${kindOf(span.name)} ${status}`}
          style={{ left: percent(left), width: percent(right - left) }}
        >
          {first !== undefined && right > left && (
            <span
              className="before-first"
              style={{ width: percent(share(first, (right - left) * length)) }}
            />
          )}
        </span>
        {span.points.slice(0, MAX_POINTS).map((point, nth) => (
          <PointMark key={nth} point={point} from={from} length={length} />
        ))}
      </div>
      <div role="gridcell" className="took">
        {status === 'running' ? 'running' : duration(end - span.startedAt)}
      </div>
    </div>
  );
});

/** A retry, a warning, and the like, with what was waited because of it. */
function PointMark({ point, from, length }: { point: RunPoint; from: number; length: number }) {
  const { waitedMs, before } = waitOf(point);
  const at = share(point.time - from, length);
  const wait = share(waitedMs, length);
  const isShown = point.name === 'retry' || point.name === 'warning' || point.name === 'fallback';
  return (
    <>
      {wait > 0 && (
        <span
          className="wait"
          style={{ left: percent(Math.max(before ? at - wait : at, 0)), width: percent(Math.min(wait, 1)) }}
        />
      )}
      {isShown && <span className={`point ${point.name}`} style={{ left: percent(at) }} title={point.name} />}
    </>
  );
}

/** The spans that hold the words, and what they stand in. */
function matching(root: RunSpan, search: string): Row[] {
  const rows = flatten(root);
  const words = search.toLowerCase().split(/\s+/);
  const kept = new Set<RunSpan>();
  const around: Row[] = [];
  for (const row of rows) {
    around.length = row.depth;
    around.push(row);
    const text = searchable(row.span);
    if (words.every((word) => text.includes(word))) for (const { span } of around) kept.add(span);
  }
  return rows.filter(({ span }) => kept.has(span));
}

export function rowId(key: string): string {
  return `span-${key.replaceAll(/[^\w-]/g, '_')}`;
}

function share(ms: number, length: number): number {
  return Math.min(Math.max(ms / length, 0), 1);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}

/** Four or so round times. */
function ticksOf(length: number): number[] {
  const rough = length / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor((length * 0.97) / step) + 1 }, (_, at) => at * step);
}
