import { similarity } from '@mortise/core';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';

const embedding = new EnergeticAIEmbedding(); // local, no key

const question = await embedding.embedQuery('How do I stop a running call?');
const texts = ['Pass an AbortSignal to cancel a request.', 'Bake the bread for forty minutes.'];
const { embeddings } = await embedding.embedTexts(texts);

embeddings.forEach((vector, at) => console.log(similarity(question, vector).toFixed(2), texts[at]));
