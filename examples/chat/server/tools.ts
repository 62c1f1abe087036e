import type { QueryEngine } from '@mortise/core/query-engine';
import { engineTool } from '@mortise/rag';
import { tool, type Tool } from '@mortise/toolkit';
import { z } from 'zod';
import type { Notes } from './notes.ts';

/** UTF-16 units: chunks of the index are shorter, so that a page shows a source whole. */
const MAX_SOURCE = 6_000;

/** What the assistant can do: look into the documents, and write a note if its user lets it. */
export function chatTools(engine: QueryEngine, documents: string, notes: Notes): Tool[] {
  const search = engineTool(engine, {
    name: 'search_docs',
    description: `Answers a question from ${documents}, with numbered sources.`,
    maxSourceLength: MAX_SOURCE,
  });
  const save = tool({
    name: 'save_note',
    description: 'Saves a note for the user. The user is asked before it is written.',
    parameters: z.object({
      text: z.string().min(1).max(2_000).describe('The note, in one or two sentences.'),
    }),
    needsApproval: true,
    execute: ({ text }, { idempotencyKey }) => notes.add(text, idempotencyKey),
  });
  return [search, save];
}

export const SYSTEM = `You answer questions about a set of documents, and keep notes.
Look up every question with search_docs, and answer from what it gives, in a few sentences.
Keep its citations, such as [1], behind what they prove.
Save a note with save_note when you are asked to remember something.`;
