import { llmOf } from '../servers/provider.ts';

export const llm = llmOf(process.env['PROVIDER_URL'] ?? 'http://127.0.0.1:1');
