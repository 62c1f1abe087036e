// #region imports
import { TransformersEmbedding, TransformersReranker } from '@mortise/transformers';
// #endregion

/** Models of the hub, or folders. */
export async function search(model: string, ranking: string): Promise<readonly [number, number | undefined]> {
  // #region search
  const embedding = new TransformersEmbedding({
    model, // such as 'Xenova/multilingual-e5-small'
    queryPrefix: 'query: ',
    documentPrefix: 'passage: ',
    onProgress: ({ file, loaded, total }) => console.log(file, loaded, total),
  });
  const { embeddings } = await embedding.embedTexts(['the dog runs', 'the cat']);

  const reranker = new TransformersReranker({ model: ranking }); // such as 'Xenova/bge-reranker-base'
  const { results } = await reranker.rerank('the cat', ['the dog runs', 'the cat']);
  // #endregion
  return [embeddings.length, results[0]?.index];
}
