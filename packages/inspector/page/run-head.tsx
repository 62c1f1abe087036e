import { endOf, statusOf, totalsOf, type Run } from '../src/runs.ts';
import { askedOf, cost, count, duration, labelOf, nameOf } from './show.ts';
import { useNow } from './use-shown.ts';

export interface RunHeadProps {
  readonly run: Run;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly onBack: () => void;
  readonly onCompare: () => void;
  readonly onSave: () => void;
}

/** What a run was, and what it adds up to. */
export function RunHead({ run, search, onSearch, onBack, onCompare, onSave }: RunHeadProps) {
  const { root } = run;
  const status = statusOf(root);
  const now = useNow(status === 'running');
  const totals = totalsOf(root);
  const facts: [string, string | undefined][] = [
    ['took', duration(endOf(root, now) - root.startedAt)],
    ['first token', totals.firstTokenMs === undefined ? undefined : duration(totals.firstTokenMs)],
    [totals.spans === 1 ? 'operation' : 'operations', count(totals.spans)],
    [
      'tokens',
      totals.inputTokens + totals.outputTokens > 0
        ? `${count(totals.inputTokens)} in, ${count(totals.outputTokens)} out`
        : undefined,
    ],
    ['cost', totals.cost === undefined ? undefined : cost(totals.cost)],
    [totals.retries === 1 ? 'retry' : 'retries', totals.retries > 0 ? count(totals.retries) : undefined],
    ['waited', totals.waitedMs > 0 ? duration(totals.waitedMs) : undefined],
    [totals.errors === 1 ? 'error' : 'errors', totals.errors > 0 ? count(totals.errors) : undefined],
    [
      totals.warnings === 1 ? 'warning' : 'warnings',
      totals.warnings > 0 ? count(totals.warnings) : undefined,
    ],
    [
      totals.cacheHits === 1 ? 'cache hit' : 'cache hits',
      totals.cacheHits > 0 ? count(totals.cacheHits) : undefined,
    ],
  ];
  return (
    <header className="run-head">
      <button type="button" className="back" onClick={onBack}>
        Runs
      </button>
      <h2>
        <span className={`status ${status}`} role="img" aria-label={status} />
        <span className="run-question">
          {askedOf(root) ?? [nameOf(root), labelOf(root)].filter(Boolean).join(' · ')}
        </span>
      </h2>
      <dl className="summary">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <div className="run-tools">
        <input
          type="search"
          aria-label="Find in this run"
          placeholder="Find in this run"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
        />
        <button type="button" onClick={onCompare}>
          Compare
        </button>
        <button type="button" onClick={onSave}>
          Export
        </button>
      </div>
    </header>
  );
}
