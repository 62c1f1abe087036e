/**
 * `node assistant.ts DIR WORD`: what an assistant does with `npx @mortise/mcp --docs DIR`, from whatever registry npm is told of. Fails
 * unless the server's tool finds WORD.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [, , folder = '', word = ''] = process.argv;
const server = spawn('npx', ['--yes', '@mortise/mcp', '--docs', folder], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
server.once('exit', (code) => {
  throw new Error(`The server ended with ${String(code)} before it had answered.`);
});

const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
let id = 0;

async function ask(method: string, params: object): Promise<Record<string, unknown>> {
  id += 1;
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`No answer to ${method}.`);
    const message = JSON.parse(value) as { id?: number; result?: Record<string, unknown>; error?: unknown };
    if (message.id !== id) continue;
    if (message.result === undefined) throw new Error(`${method}: ${JSON.stringify(message.error)}`);
    return message.result;
  }
}

const clientInfo = { name: 'rehearsal', version: '1.0.0' };
await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
const { tools } = await ask('tools/list', {});
const [tool] = tools as { name: string }[];
const found = await ask('tools/call', { name: tool?.name, arguments: { query: word } });
if (!JSON.stringify(found).includes(word))
  throw new Error(`${String(tool?.name)} did not find ${word}: ${JSON.stringify(found).slice(0, 500)}`);
console.log(`${String(tool?.name)} found ${word}.`);
server.removeAllListeners('exit');
server.kill();
