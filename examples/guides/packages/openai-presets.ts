// #region servers
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { azure, groq, ollama } from '@mortise/openai/presets';

const fast = new OpenAILLM({ ...groq, model: 'openai/gpt-oss-120b' }); // the key is in GROQ_API_KEY
const local = new OpenAIEmbedding({ ...ollama, model: 'nomic-embed-text' }); // localhost:11434, without a key
// #endregion

// #region azure
const llm = new OpenAILLM({ ...azure({ resource: 'eu-search' }), model: 'my-deployment' }); // AZURE_OPENAI_API_KEY
const classic = azure({ resource: 'eu-search', deployment: 'my-deployment', apiVersion: '2024-10-21' });
// #endregion

console.log((await fast.chat('Why is the sky blue?')).text);
console.log((await local.embedTexts(['one', 'two'])).embeddings.length);
console.log((await llm.chat('Why is the sky blue?')).text);
console.log((await new OpenAILLM({ ...classic, model: 'my-deployment' }).chat('And at dusk?')).text);
