import { createDocument, type Document } from '@mortise/core/retriever';

/** Numbers from 0 to 1 that are the same in every run: mulberry32, by Tommy Ettinger, in the public domain. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The documents as they are in a generation: from one to the next a twentieth changes, a fortieth goes, and as many
 * come. Of one in three the content is that of another document.
 */
export function corpus(count: number, generation: number): Document[] {
  const random = seeded(7);
  const versions = new Map(Array.from({ length: count }, (_, at) => [`doc-${at}`, 0]));
  for (let g = 1; g <= generation; g++) {
    const ids = [...versions.keys()];
    const pick = (): string => ids[Math.floor(random() * ids.length)] as string;
    for (let n = 0; n < count / 20; n++) versions.set(pick(), g);
    for (let n = 0; n < count / 40; n++) {
      versions.delete(pick());
      versions.set(`doc-${g}-${n}`, g);
    }
  }
  return [...versions].map(([id, version]) => createDocument({ id, text: textOf(id, version) }));
}

/** 1 to 9: the nodes of many documents lie across batches. */
export function paragraphsOf(id: string): number {
  return 1 + ((Number(id.slice(id.lastIndexOf('-') + 1)) * 7) % 9);
}

function textOf(id: string, version: number): string {
  const number = Number(id.slice(id.lastIndexOf('-') + 1));
  const name = number % 3 === 0 ? `pair ${number % 30}` : id;
  return Array.from({ length: paragraphsOf(id) }, (_, at) => {
    return `Paragraph ${at} of ${name}, as it was written in version ${version}. It says little, and says it at length.`;
  }).join('\n\n');
}
