// #region index
import { serveMcp } from '@mortise/mcp';
import { OpenAIEmbedding } from '@mortise/openai';
import { openIndex } from '@mortise/rag';

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
const index = await openIndex({ embedding }, { directory: '.handbook' });
const serving = serveMcp({ retriever: index.retriever(), about: 'of our handbook' });
// `await serving.stdio()` serves an assistant that starts this program: it finds what stands in the index.
// #endregion
console.log(typeof serving.stdio);

const retriever = index.retriever();
const app = new Map<string, (request: Request) => Promise<Response>>();
// #region http
const token = process.env['MCP_TOKEN'];
const { fetch } = serveMcp({ retriever, token, hosts: ['mcp.example.com'] });
app.set('/mcp', fetch); // in Hono: app.all('/mcp', (context) => fetch(context.req.raw))
// #endregion
const refused = await app.get('/mcp')?.(new Request('https://mcp.example.com/mcp', { method: 'POST' }));
console.log(refused?.status);
