import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { useCallback, useDeferredValue, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { flatten, statusOf, totalsOf, type Run, type RunSpan } from '../src/runs.ts';
import { Boundary } from './boundary.tsx';
import { Compare } from './compare.tsx';
import { Details } from './details.tsx';
import { fileName, save } from './files.ts';
import { RunHead } from './run-head.tsx';
import { RunList } from './run-list.tsx';
import { count, searchable } from './show.ts';
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
  /** The run that another is looked for, to be compared with; and which one is under the cursor meanwhile. */
  const [picking, setPicking] = useState<{ readonly for: string; readonly at: string | undefined }>();
  const [compared, setCompared] = useState<readonly [left: string, right: string]>();
  const [said, setSaid] = useState('');
  const words = useDeferredValue(search.trim().toLowerCase());
  const listed = useMemo(
    () => runs.filter((run) => run.id !== picking?.for && isListed(run, filter, words)),
    [runs, filter, words, picking?.for],
  );
  const runBy = (id: string | undefined) => runs.find((run) => run.id === id);
  // The newest until one is chosen.
  const run = runBy(chosen.run) ?? listed[0];
  const span = run === undefined ? undefined : (spanIn(run, chosen.span) ?? run.root);
  const [left, right] = [runBy(compared?.[0]), runBy(compared?.[1])];
  const app = useRef<HTMLDivElement>(null);

  const choose = useCallback((next: Run) => {
    setChosen({ run: next.id });
    setCompared(undefined);
    setInside('');
  }, []);
  const id = run?.id;
  const chooseSpan = useCallback(
    ({ key }: RunSpan) => setChosen(id === undefined ? { span: key } : { run: id, span: key }),
    [id],
  );
  const focus = (selector: string): void => app.current?.querySelector<HTMLElement>(selector)?.focus();

  const pick = (other: string | undefined): void => {
    if (picking !== undefined && other !== undefined) setCompared([picking.for, other]);
    setPicking(undefined);
  };
  const open = async (files: Iterable<File>): Promise<void> => {
    for (const file of files) {
      const { lines, unreadable } = source.open(await file.text());
      const events = lines.filter((line) => 'phase' in line).length;
      const lost = unreadable === 0 ? '' : `, ${count(unreadable)} lines could not be read`;
      setSaid(`${file.name}: ${count(events)} events${lost}.`);
    }
  };

  return (
    <div
      ref={app}
      className={`app ${picking !== undefined || (chosen.run === undefined && compared === undefined) ? 'on-list' : 'on-run'}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void open(event.dataTransfer.files);
      }}
    >
      <aside
        className="sidebar"
        aria-label="Runs"
        onKeyDown={(event) => {
          if (event.key === 'Escape') setPicking(undefined);
        }}
      >
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
        {picking !== undefined && (
          <div className="picking" role="status">
            <p>Choose the run to compare with.</p>
            <button type="button" onClick={() => setPicking(undefined)}>
              Cancel
            </button>
          </div>
        )}
        <RunList
          runs={listed}
          selected={picking === undefined ? run?.id : picking.at}
          onSelect={picking === undefined ? choose : ({ id: at }) => setPicking({ ...picking, at })}
          onOpen={(how, at) => {
            if (picking !== undefined) pick(at);
            else if (how === 'key') focus('[role=treegrid]');
          }}
        />
        {listed.length === 0 && runs.length > 0 && <p className="hint nothing">No run matches.</p>}
        <footer className="sidebar-tools" hidden={picking !== undefined}>
          <FileButton onOpen={open} />
          <button type="button" disabled={listed.length === 0} onClick={() => save(listed, fileName(listed))}>
            Export {listed.length === runs.length ? 'all' : 'these'}
          </button>
          {chosen.run !== undefined && (
            <button type="button" onClick={() => setChosen({})}>
              Newest
            </button>
          )}
          <p role="status" className="said">
            {said}
          </p>
        </footer>
      </aside>
      <main className="main">
        {left !== undefined && right !== undefined ? (
          <Boundary key={`${left.id} ${right.id}`}>
            <Compare
              left={left}
              right={right}
              onSwap={() => setCompared([right.id, left.id])}
              onClose={() => setCompared(undefined)}
            />
          </Boundary>
        ) : run === undefined || span === undefined ? (
          <Nothing snapshot={snapshot} />
        ) : (
          <>
            <RunHead
              run={run}
              search={inside}
              onSearch={setInside}
              onBack={() => setChosen({})}
              onCompare={() => {
                setPicking({ for: run.id, at: undefined });
                setChosen({ run: run.id });
                focus('[role=listbox]');
              }}
              onSave={() => save([run], fileName([run]))}
            />
            <div className="run-parts">
              <Waterfall
                key={`waterfall ${run.id}`}
                run={run}
                selected={span.key}
                search={inside.trim()}
                onSelect={chooseSpan}
                onOpen={() => focus('#details')}
              />
              <Boundary key={`details ${span.key}`}>
                <Details run={run} span={span} onSelect={chooseSpan} />
              </Boundary>
            </div>
          </>
        )}
      </main>
    </div>
  );
}

/** The browser's own choice of files, behind a button as the others are. */
function FileButton({ onOpen }: { onOpen: (files: Iterable<File>) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        Open
      </button>
      <input
        ref={input}
        type="file"
        aria-label="Recordings to open"
        accept=".jsonl,.json,.ndjson"
        multiple
        hidden
        onChange={({ target }) => {
          void onOpen([...(target.files ?? [])]).then(() => {
            target.value = '';
          });
        }}
      />
    </>
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
