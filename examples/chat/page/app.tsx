import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { About, ConversationSummary, OpenConversation } from '../contract.ts';
import { Chat } from './chat.tsx';
import { ConversationList } from './conversation-list.tsx';
import { deleteConversation, failureText, listConversations, openConversation, readAbout } from './server.ts';

/** A conversation that was loaded; undefined for one that is new. */
interface Chosen {
  readonly id: string;
  readonly loaded: OpenConversation | undefined;
  /** How often one was loaded: each time it is drawn anew. */
  readonly times: number;
}

/** Milliseconds after which a conversation that is answered elsewhere is looked at again. */
const AGAIN_MS = 800;

/** The list of conversations, and the one that is open. The address holds its id, so that a reload opens it again. */
export function App(): ReactElement {
  const [about, setAbout] = useState<About>();
  const [list, setList] = useState<ConversationSummary[]>([]);
  const [chosen, setChosen] = useState<Chosen>();
  const [failure, setFailure] = useState<string>();
  const drawer = useRef<HTMLDialogElement>(null);

  const refresh = useCallback(() => {
    listConversations().then(setList, (error: unknown) => setFailure(failureText(error as Error)));
  }, []);

  const choose = useCallback((id: string) => {
    drawer.current?.close();
    window.location.hash = id;
  }, []);

  const open = useCallback(() => {
    const id = window.location.hash.slice(1);
    if (id === '') {
      window.location.replace(`#${crypto.randomUUID()}`);
      return;
    }
    openConversation(id).then(
      (loaded) => {
        setChosen((before) => ({ id, loaded, times: (before?.times ?? 0) + 1 }));
        setFailure(undefined);
      },
      (error: unknown) => setFailure(failureText(error as Error)),
    );
  }, []);

  useEffect(() => {
    if (chosen?.loaded?.isRunning !== true) return undefined;
    const timer = setTimeout(open, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [chosen, open]);

  useEffect(() => {
    open();
    refresh();
    readAbout().then(setAbout, () => undefined);
    window.addEventListener('hashchange', open);
    return () => window.removeEventListener('hashchange', open);
  }, [open, refresh]);

  const remove = async (id: string): Promise<void> => {
    try {
      await deleteConversation(id);
      if (id === chosen?.id) choose(crypto.randomUUID());
    } catch (error) {
      setFailure(failureText(error as Error));
    }
    refresh();
  };

  const conversations = (
    <ConversationList
      list={list}
      current={chosen?.id}
      onNew={() => choose(crypto.randomUUID())}
      onChoose={choose}
      onDelete={(id) => void remove(id)}
    />
  );

  return (
    <div className="app">
      <aside className="sidebar">{conversations}</aside>
      <dialog ref={drawer} className="drawer" aria-label="Conversations">
        <button type="button" className="quiet close" onClick={() => drawer.current?.close()}>
          Close
        </button>
        {conversations}
      </dialog>
      <div className="main">
        <header className="bar">
          <button type="button" className="quiet menu" onClick={() => drawer.current?.showModal()}>
            <span aria-hidden="true">☰</span> Conversations
          </button>
          <h1>Ask the documents</h1>
          {about !== undefined && (
            <p className="about">
              <span className="visually-hidden">Answered by </span>
              {about.model === 'extractive' ? 'extractive, no key' : about.model}
            </p>
          )}
        </header>
        {failure !== undefined && (
          <p className="failure" role="alert">
            {failure}
          </p>
        )}
        {chosen === undefined ? (
          <p className="loading">Opening the conversation…</p>
        ) : (
          <Chat key={chosen.times} id={chosen.id} loaded={chosen.loaded} about={about} onTurn={refresh} />
        )}
      </div>
    </div>
  );
}
