import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { RunSource } from './source.ts';
import './style.css';

const root = document.querySelector('#root');
// Behind the `#`: no browser sends it to a server or says it to another page.
const source = new RunSource(location.hash.slice(1));
void source.listen();
// Another address in the same tab is another inspector, or its right token at last.
addEventListener('hashchange', () => location.reload());
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App source={source} />
    </StrictMode>,
  );
