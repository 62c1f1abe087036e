// #region imports
import { enqueue } from '@mortise/bullmq';
import { DirectoryReader } from '@mortise/rag';
import { Redis } from 'ioredis';
// #endregion

export async function read(url: string, directory: string): Promise<number> {
  // #region enqueue
  const connection = new Redis(url); // such as 'redis://localhost:6379'
  const report = await enqueue(new DirectoryReader({ directory }), {
    connection,
    name: 'handbook',
    strategy: 'upserts-and-delete',
    onProgress: ({ settled, total }) => console.log(`${settled} of ${total ?? '?'}`),
  });
  console.log(`${report.added} added, ${report.failed.length} set aside`);
  connection.disconnect();
  // #endregion
  return report.added;
}
