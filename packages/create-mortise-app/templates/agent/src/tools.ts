import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tool } from '@mortise/toolkit';
import { z } from 'zod';

const STOCK: Readonly<Record<string, number>> = { oak: 3, pine: 40, walnut: 0 };

/** What the agent can do. Orders are lines of a file in `folder`, in place of a shop's API. */
export function createTools(folder: string) {
  const stock = tool({
    name: 'stock',
    description: 'How many boards of a wood are in the store.',
    parameters: z.object({ wood: z.string() }),
    execute: ({ wood }) => ({ wood, boards: STOCK[wood] ?? 0 }),
  });
  const order = tool({
    name: 'order',
    description: 'Orders boards. A person is asked first.',
    parameters: z.object({ wood: z.string(), boards: z.number().int().min(1).max(100) }),
    needsApproval: true,
    // The key is the same when the run goes on after a crash: what was ordered is not ordered again.
    execute: async ({ wood, boards }, { idempotencyKey }) => {
      const file = join(folder, 'orders.jsonl');
      await mkdir(folder, { recursive: true });
      const before = await readFile(file, 'utf8').catch(() => '');
      if (!before.includes(idempotencyKey))
        await appendFile(file, `${JSON.stringify({ wood, boards, key: idempotencyKey })}\n`);
      return `Ordered ${boards} boards of ${wood}.`;
    },
  });
  return [stock, order];
}
