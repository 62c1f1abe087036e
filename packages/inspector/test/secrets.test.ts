import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWire } from '@mortise/conformance';
import { recordRuns } from '@mortise/inspector';
import { OpenAILLM } from '@mortise/openai';
import { expect, test } from 'vitest';

/** A secret as servers and runtimes give it back. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('base64url')];
}

test.each([false, true])(
  'keeps the key and headers of a call out of a recording, whatever the server gives back; content: %s',
  async (content) => {
    const folder = mkdtempSync(join(tmpdir(), 'mortise-secrets-'));
    const apiKey = `k3y/${randomBytes(15).toString('hex')}+/=`;
    const header = randomBytes(15).toString('hex');
    const given = [apiKey, header];
    const echoed = given.flatMap(formsOf).join(' ');
    await using wire = await startWire((_request, reply) => {
      reply.writeHead(400, { 'content-type': 'application/json', 'x-request-id': echoed });
      reply.end(
        JSON.stringify({ error: { message: `refused, walnut: ${echoed}`, type: echoed, code: echoed } }),
      );
    });
    const recorder = recordRuns({ folder, content });
    try {
      const llm = new OpenAILLM({
        ...{ model: 'gpt-5-mini', apiKey, baseURL: `${wire.url}/v1`, retry: false },
        headers: { 'x-odd-secret': header },
      });
      const refused: unknown = await llm.chat('Hello').catch((error: unknown) => error);
      expect(refused).toMatchObject({ status: 400 });
      await recorder.flush();
      const recorded = readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('');
      expect(recorded).toContain('"phase":"error"');
      // The prompt, and what the server says, which may repeat it.
      expect(recorded.includes('Hello')).toBe(content);
      expect(recorded.includes('walnut')).toBe(content);
      expect(recorded).toContain('openai answered 400');
      for (const form of given.flatMap(formsOf)) expect(recorded).not.toContain(form);
    } finally {
      await recorder.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
