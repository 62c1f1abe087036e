import { Switch } from '@base-ui/react/switch';
import { useVirtualizer } from '@tanstack/react-virtual';
import { diffWordsWithSpace } from 'diff';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { compareRuns, type Difference, type Pair } from '../src/compare.ts';
import type { Plain } from '../src/plain.ts';
import { endOf, statusOf, totalsOf, type Run, type RunSpan, type Totals } from '../src/runs.ts';
import { askedOf, clock, cost, count, duration, kindOf, labelOf, nameOf, pretty } from './show.ts';

/** Pixels; also in the style sheet. */
const ROW = 30;

export interface CompareProps {
  readonly left: Run;
  readonly right: Run;
  readonly onSwap: () => void;
  readonly onClose: () => void;
}

/** Two runs side by side: what both did, what one of them did, and what differs. */
export function Compare({ left, right, onSwap, onClose }: CompareProps) {
  const pairs = useMemo(
    () => compareRuns(left.root, right.root),
    [left.root, left.revision, right.root, right.revision],
  );
  const [isOnlyDiffering, setOnlyDiffering] = useState(false);
  const shown = useMemo(
    () => (isOnlyDiffering ? pairs.filter(isDiffering) : pairs),
    [pairs, isOnlyDiffering],
  );
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, Math.max(shown.length - 1, 0));
  const pair = shown[chosen];
  const longest = Math.max(...[left, right].map(({ root }) => endOf(root, Date.now()) - root.startedAt), 1);
  const differing = pairs.filter(isDiffering).length;
  return (
    <section
      className="compare"
      aria-label="Comparison"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header className="compare-head">
        <h2>
          {differing === 0
            ? 'Nothing differs but the times'
            : `${count(differing)} of ${count(pairs.length)} operations differ`}
        </h2>
        <div className="run-tools">
          <label className="switch-label">
            <Switch.Root className="switch" checked={isOnlyDiffering} onCheckedChange={setOnlyDiffering}>
              <Switch.Thumb className="thumb" />
            </Switch.Root>
            Only what differs
          </label>
          <button type="button" onClick={onSwap}>
            Swap
          </button>
          <button type="button" onClick={onClose} autoFocus>
            Close
          </button>
        </div>
        <Sums left={left} right={right} />
      </header>
      <div className="run-parts">
        <Pairs pairs={shown} chosen={chosen} longest={longest} left={left} right={right} onChoose={setAt} />
        <div className="details" tabIndex={0} role="region" aria-label="What differs">
          {pair === undefined ? (
            <p className="hint">Nothing differs.</p>
          ) : (
            <Differences key={chosen} pair={pair} />
          )}
        </div>
      </div>
    </section>
  );
}

function isDiffering({ left, right, differences }: Pair): boolean {
  return left === undefined || right === undefined || differences.length > 0;
}

const SUMS: readonly [
  string,
  (totals: Totals, ms: number) => number | undefined,
  (value: number) => string,
][] = [
  ['Took', (_, ms) => ms, duration],
  ['First token', ({ firstTokenMs }) => firstTokenMs, duration],
  ['Tokens in', ({ inputTokens }) => inputTokens || undefined, count],
  ['Tokens out', ({ outputTokens }) => outputTokens || undefined, count],
  ['Cost', (totals) => totals.cost, cost],
  ['Operations', ({ spans }) => spans, count],
  ['Retries', ({ retries }) => retries, count],
  ['Errors', ({ errors }) => errors, count],
];

/** Small numbers, of which a part of a hundred says nothing. */
const COUNTED: readonly string[] = ['Operations', 'Retries', 'Errors'];

/** What both add up to. */
function Sums({ left, right }: { left: Run; right: Run }) {
  const [one, other] = [left, right].map(({ root }) => ({
    totals: totalsOf(root),
    ms: endOf(root, Date.now()) - root.startedAt,
  })) as [{ totals: Totals; ms: number }, { totals: Totals; ms: number }];
  const sums = SUMS.map(([name, of, show]) => ({
    name,
    show,
    values: [of(one.totals, one.ms), of(other.totals, other.ms)] as const,
  })).filter(({ values }) => values.some((value) => value !== undefined && value !== 0));
  return (
    <div className="sums" tabIndex={0} role="region" aria-label="Sums">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            {sums.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[left, right].map((run, side) => (
            <tr key={side}>
              <th scope="row">
                <span className="sum-run">
                  <span className="side">{side === 0 ? 'A' : 'B'}</span>
                  <span
                    className={`status ${statusOf(run.root)}`}
                    role="img"
                    aria-label={statusOf(run.root)}
                  />
                  <span className="run-question">{askedOf(run.root) ?? nameOf(run.root)}</span>
                  <span className="soft">{clock(run.root.startedAt)}</span>
                </span>
              </th>
              {sums.map(({ name, values, show }) => {
                const [value, against] = side === 0 ? values : [values[1], values[0]];
                return (
                  <td key={name}>
                    {value === undefined ? '–' : show(value)}
                    {side === 1 &&
                      !COUNTED.includes(name) &&
                      value !== undefined &&
                      against !== undefined && <span className="soft"> {changeOf(against, value)}</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `+20 %`, `−3 %`, nothing for the same. */
function changeOf(from: number, to: number): string {
  if (from === to || from === 0) return '';
  const percent = Math.round((to / from - 1) * 100);
  return percent === 0 ? '' : `${percent > 0 ? '+' : '−'}${count(Math.abs(percent))} %`;
}

interface PairsProps {
  readonly pairs: readonly Pair[];
  readonly chosen: number;
  readonly longest: number;
  readonly left: Run;
  readonly right: Run;
  readonly onChoose: (at: number) => void;
}

function Pairs({ pairs, chosen, longest, left, right, onChoose }: PairsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: pairs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const places: Readonly<Record<string, number>> = {
      ...{ ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 15, PageUp: chosen - 15 },
      ...{ Home: 0, End: pairs.length - 1 },
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const to = Math.min(Math.max(place, 0), pairs.length - 1);
    onChoose(to);
    virtual.scrollToIndex(to, { align: 'auto' });
  };
  return (
    <div className="waterfall">
      <div
        className="scroller"
        ref={scroller}
        role="treegrid"
        aria-label="Operations of both"
        aria-rowcount={pairs.length + 1}
        aria-activedescendant={pairs.length === 0 ? undefined : `pair-${chosen}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className="axis">
          <div role="row" aria-rowindex={1} className="row pair">
            <div role="columnheader" className="name">
              Operation
            </div>
            <div role="columnheader" className="side-head">
              A
            </div>
            <div role="columnheader" className="side-head">
              B
            </div>
          </div>
        </div>
        <div role="rowgroup" className="rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const pair = pairs[index];
            const span = pair?.left ?? pair?.right;
            if (pair === undefined || span === undefined) return null;
            return (
              <div
                key={index}
                id={`pair-${index}`}
                role="row"
                className={`row pair ${index === chosen ? 'selected' : ''}`}
                aria-rowindex={index + 2}
                aria-level={pair.depth + 1}
                aria-selected={index === chosen}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => onChoose(index)}
              >
                <div
                  role="gridcell"
                  className="name"
                  style={{ paddingLeft: `${Math.min(pair.depth, 14) * 14 + 18}px` }}
                >
                  <span className={`dot kind-${kindOf(span.name)}`} aria-hidden="true" />
                  <span className="span-name">{nameOf(span)}</span>
                  <span className="label">{labelsOf(pair)}</span>
                  <PairMark pair={pair} />
                </div>
                <Side span={pair.left} from={left.root.startedAt} longest={longest} />
                <Side span={pair.right} from={right.root.startedAt} longest={longest} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function labelsOf({ left, right }: Pair): string {
  const labels = [left, right].flatMap((span) => (span === undefined ? [] : labelOf(span)));
  return [...new Set(labels)].join(' / ');
}

function PairMark({ pair: { left, right, differences } }: { pair: Pair }) {
  if (left === undefined) return <span className="badge only">only B</span>;
  if (right === undefined) return <span className="badge only">only A</span>;
  return differences.length === 0 ? null : <span className="badge differs">differs</span>;
}

function Side({ span, from, longest }: { span: RunSpan | undefined; from: number; longest: number }) {
  if (span === undefined) return <div role="gridcell" className="side-cell" />;
  const ms = span.durationMs ?? 0;
  const start = Math.max((span.startedAt - from) / longest, 0);
  return (
    <div role="gridcell" className="side-cell">
      <span className="track">
        <span
          className={`bar kind-${kindOf(span.name)} ${statusOf(span)}`}
          style={{ left: `${start * 100}%`, width: `${Math.min(ms / longest, 1) * 100}%` }}
        />
      </span>
      <span className="took">{span.durationMs === undefined ? 'running' : duration(ms)}</span>
    </div>
  );
}

const PARTS = [
  ['outcome', 'Outcome'],
  ['attributes', 'Attributes'],
  ['content', 'Content'],
] as const;

function Differences({ pair: { left, right, differences } }: { pair: Pair }) {
  const span = left ?? right;
  if (span === undefined) return null;
  const isAlone = left === undefined || right === undefined;
  return (
    <>
      <h3>
        <span className={`dot kind-${kindOf(span.name)}`} aria-hidden="true" />
        {nameOf(span)} <span className="label">{labelOf(span)}</span>
      </h3>
      {isAlone && <p className="hint differences">Only {left === undefined ? 'B' : 'A'} did this.</p>}
      {!isAlone && differences.length === 0 && (
        <p className="hint differences">Both did the same, in different times.</p>
      )}
      {PARTS.map(([part, title]) => {
        const these = differences.filter((each) => each.part === part);
        return these.length === 0 ? null : (
          <section key={part} className="part differences">
            <h4>{title}</h4>
            {these.slice(0, 100).map((difference) => (
              <Values key={difference.path} difference={difference} />
            ))}
          </section>
        );
      })}
    </>
  );
}

/** UTF-16 units of both, beyond which two texts are shown without their words being compared. */
const MAX_COMPARED = 40_000;

function Values({ difference: { path, left, right } }: { difference: Difference }) {
  const texts = [left, right].map((value) => (value === undefined ? undefined : textOf(value)));
  const [one, other] = texts;
  const changes =
    one !== undefined && other !== undefined && isProse(one) && one.length + other.length < MAX_COMPARED
      ? diffWordsWithSpace(one, other, { timeout: 200 })
      : undefined;
  return (
    <div className="values">
      <h5>{path}</h5>
      {[one, other].map((text, side) => (
        <div key={side} className="value">
          <span className="side">{side === 0 ? 'A' : 'B'}</span>
          {text === undefined ? (
            <span className="soft">nothing</span>
          ) : (
            <div className="text">
              {changes === undefined
                ? shownWhole(text, side, one !== undefined && other !== undefined)
                : changes
                    .filter((change) => (side === 0 ? !change.added : !change.removed))
                    .map(({ value, added, removed }, at) =>
                      added ? (
                        <ins key={at}>{value}</ins>
                      ) : removed ? (
                        <del key={at}>{value}</del>
                      ) : (
                        <span key={at}>{value}</span>
                      ),
                    )}
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

function shownWhole(text: string, side: number, isChanged: boolean): ReactNode {
  const shown = text.slice(0, 20_000);
  if (!isChanged || text.length > 200) return shown;
  return side === 0 ? <del>{shown}</del> : <ins>{shown}</ins>;
}

/** A name or a number differs as a whole. */
function isProse(text: string): boolean {
  return /\s/.test(text.trim());
}

function textOf(value: Plain): string {
  return typeof value === 'string' ? value : pretty(value);
}
