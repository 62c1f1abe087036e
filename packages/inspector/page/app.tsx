import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { useCallback, useDeferredValue, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { flatten, statusOf, totalsOf, type Run, type RunSpan } from '../src/runs.ts';
import { Details } from './details.tsx';
import { RunHead } from './run-head.tsx';
import { RunList } from './run-list.tsx';
import { searchable } from './show.ts';
import type { RunSource, Snapshot } from './source.ts';
import { Waterfall } from './waterfall.tsx';

type Filter = 'all' | 'running' | 'failed' | 'retried';

const FILTERS: readonly [Filter, string][] = [
  ['all', 'All'],
  ['running', 'Running'],
  ['failed', 'Failed'],
  ['retried', 'Retried'],
];

export function App({ source }: { source: RunSource }) {
  const snapshot = useSyncExternalStore(source.subscribe, source.snapshot);
  const { runs } = snapshot;
  const [chosen, setChosen] = useState<{ readonly run?: string; readonly span?: string }>({});
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [inside, setInside] = useState('');
  const words = useDeferredValue(search.trim().toLowerCase());
  const listed = useMemo(() => runs.filter((run) => isListed(run, filter, words)), [runs, filter, words]);
  // The newest until one is chosen.
  const run = runs.find(({ id }) => id === chosen.run) ?? listed[0];
  const span = run === undefined ? undefined : (spanIn(run, chosen.span) ?? run.root);
  const main = useRef<HTMLElement>(null);

  const choose = useCallback((next: Run) => {
    setChosen({ run: next.id });
    setInside('');
  }, []);
  const id = run?.id;
  const chooseSpan = useCallback(
    ({ key }: RunSpan) => setChosen(id === undefined ? { span: key } : { run: id, span: key }),
    [id],
  );
  const focus = (selector: string): void => {
    main.current?.querySelector<HTMLElement>(selector)?.focus();
  };

  return (
    <div className={`app ${chosen.run === undefined ? 'on-list' : 'on-run'}`}>
      <aside className="sidebar" aria-label="Runs">
        <header className="brand">
          <h1>Inspector</h1>
          <Connection snapshot={snapshot} />
        </header>
        <div className="search">
          <input
            type="search"
            aria-label="Search runs"
            placeholder="Search runs"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <ToggleGroup
          className="filters"
          aria-label="Filter runs"
          value={[filter]}
          onValueChange={([value]) => setFilter(value ?? 'all')}
        >
          {FILTERS.map(([value, name]) => (
            <Toggle key={value} value={value}>
              {name}
            </Toggle>
          ))}
        </ToggleGroup>
        <RunList runs={listed} selected={run?.id} onSelect={choose} onOpen={() => focus('[role=treegrid]')} />
        {listed.length === 0 && runs.length > 0 && <p className="hint nothing">No run matches.</p>}
      </aside>
      <main ref={main} className="main">
        {run === undefined || span === undefined ? (
          <Nothing snapshot={snapshot} />
        ) : (
          <>
            <RunHead run={run} search={inside} onSearch={setInside} onBack={() => setChosen({})} />
            <div className="run-parts">
              <Waterfall
                key={`waterfall ${run.id}`}
                run={run}
                selected={span.key}
                search={inside.trim()}
                onSelect={chooseSpan}
                onOpen={() => focus('#details')}
              />
              <Details key={`details ${span.key}`} run={run} span={span} onSelect={chooseSpan} />
            </div>
          </>
        )}
      </main>
    </div>
  );
}

function isListed({ root }: Run, filter: Filter, words: string): boolean {
  if (filter === 'running' && statusOf(root) !== 'running') return false;
  if (filter === 'failed' && statusOf(root) !== 'error' && totalsOf(root).errors === 0) return false;
  if (filter === 'retried' && totalsOf(root).retries === 0) return false;
  if (words === '') return true;
  const spans = flatten(root);
  // Each word somewhere in the run.
  return words.split(/\s+/).every((word) => spans.some(({ span }) => searchable(span).includes(word)));
}

function spanIn({ root }: Run, key: string | undefined): RunSpan | undefined {
  return key === undefined ? undefined : flatten(root).find(({ span }) => span.key === key)?.span;
}

const CONNECTIONS: Readonly<Record<Snapshot['connection'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Ended',
  refused: 'Refused',
};

function Connection({ snapshot: { connection } }: { snapshot: Snapshot }) {
  return (
    <p className={`connection ${connection}`} role="status">
      {CONNECTIONS[connection]}
    </p>
  );
}

function Nothing({ snapshot: { connection, about } }: { snapshot: Snapshot }) {
  if (connection === 'refused')
    return (
      <div className="nothing-yet">
        <h2>This address lacks its token</h2>
        <p>Open the whole address that the program printed, with what stands behind the #.</p>
      </div>
    );
  return (
    <div className="nothing-yet">
      <h2>Nothing has happened yet</h2>
      <p>
        {about.path === undefined
          ? 'Runs appear here as the application makes them.'
          : `Runs that are recorded in ${about.path} appear here.`}
      </p>
    </div>
  );
}
