import { createServer, type RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { LLM } from '@mortise/core';
import { onTestFinished } from 'vitest';
import { expressApp } from './express.ts';
import { honoApp } from './hono.ts';
import { listening, stop } from './provider.ts';
import { serves, type Open } from './serves.ts';

const inProcess =
  (listenerOf: (llm: LLM) => RequestListener): Open =>
  ({ llm }) => {
    const server = createServer(listenerOf(llm));
    onTestFinished(() => stop(server));
    return listening(server);
  };

serves(
  'hono',
  inProcess((llm) => getRequestListener(honoApp(llm).fetch)),
);
serves('express', inProcess(expressApp));
