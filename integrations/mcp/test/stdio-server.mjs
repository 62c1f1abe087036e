// A server of the official package over standard input and output.
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

serveStdio(() => {
  const server = new Server({ name: 'program', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({
    tools: [
      { name: 'echo', description: 'Says it again.', inputSchema: { type: 'object' } },
      { name: 'flood', description: 'Says too much.', inputSchema: { type: 'object' } },
    ],
  }));
  server.setRequestHandler('tools/call', ({ params }) => ({
    content: [
      {
        type: 'text',
        text:
          params.name === 'flood'
            ? 'x'.repeat(200_000)
            : `${process.env['GREETING']} ${String(params.arguments?.['text'])}`,
      },
    ],
  }));
  return server;
});
