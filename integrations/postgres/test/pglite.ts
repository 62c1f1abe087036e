import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import type { PostgresClient } from '@mortise/postgres';

let opening: Promise<PGlite> | undefined;
let schemas = 0;

/** Postgres in this process, with pgvector: started by the first test that asks for it, some seconds. One for all of them. */
export function pglite(): Promise<PGlite> {
  return (opening ??= PGlite.create({ extensions: { vector } }));
}

/** A schema that nothing is in. */
export async function emptySchema(): Promise<{ client: PostgresClient; schema: string }> {
  return { client: await pglite(), schema: `test_${++schemas}` };
}

/** A client whose server is gone. */
export const broken: PostgresClient = {
  query: () =>
    Promise.reject(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })),
};
