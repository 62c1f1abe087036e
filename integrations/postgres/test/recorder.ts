import type { PostgresClient } from '@mortise/postgres';

/** What was sent. */
export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A client without a server, whose tables are there: it notes what it is sent, and finds nothing. */
export function recorder(about: string): { client: PostgresClient; sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    client: {
      async query(text, values = []) {
        if (text.startsWith('SELECT version, about')) return { rows: [{ version: 1, about }] };
        if (text.includes('pg_indexes'))
          return { rows: [{ count: (JSON.parse(String(values[1])) as []).length }] };
        sent.push({ text, values });
        return { rows: [] };
      },
    },
  };
}

export const VECTORS = '2 dimensions, words in english';
