import { serverConformance } from '@mortise/conformance';
import { afterAll, describe, it } from 'vitest';
import { startServer } from '../src/server.ts';

const { baseURL, server } = await startServer();
afterAll(() => server.close());

serverConformance({ describe, it }, { contract: 'llm', baseURL, model: 'good', name: 'frozen' });
