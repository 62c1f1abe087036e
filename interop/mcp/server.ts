import { serve } from '@hono/node-server';
import { chatPrompt, prompt, tool, toolBlocks } from '@mortise/toolkit';
import { serveMcp, type ServedTool } from '@mortise/mcp';
import type { ResultBlock } from '@mortise/core/llm';
import { errorText } from '@mortise/core';

/** A red pixel, and silence. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
const image: ResultBlock = { type: 'image', source: { data: PNG, mediaType: 'image/png' } };
const audio: ResultBlock = { type: 'audio', source: { data: WAV, mediaType: 'audio/wav' } };
const text: ResultBlock = { type: 'text', text: 'Multiple content types test:' };

const giving = (name: string, execute: () => unknown): ServedTool =>
  tool({
    name,
    description: `Gives what ${name} asks for.`,
    parameters: { type: 'object', properties: {} },
    execute,
  });

/** Tools and prompts by the names that the scenarios of the conformance package ask for. */
const tools: ServedTool[] = [
  giving('test_simple_text', () => 'This is a simple text response for testing.'),
  giving('test_image_content', () => toolBlocks([image])),
  giving('test_audio_content', () => toolBlocks([audio])),
  giving('test_multiple_content_types', () => toolBlocks([text, image])),
  giving('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing');
  }),
  tool({
    name: 'test_tool_with_progress',
    description: 'Tells how far it is.',
    parameters: { type: 'object', properties: {} },
    execute: async (_args, { progress }) => {
      for (const done of [0, 50, 100]) await progress?.({ progress: done, total: 100 });
      return 'done';
    },
  }),
  tool({
    name: 'json_schema_2020_12_tool',
    description: 'Has a schema with the words of 2020-12.',
    parameters: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // oxlint-disable-next-line unicorn/no-thenable
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
    execute: () => 'ok',
  }),
];

const prompts = {
  test_simple_prompt: { template: prompt('This is a simple prompt for testing.'), description: 'A prompt.' },
  test_prompt_with_arguments: {
    template: prompt("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"),
    description: 'A prompt with two arguments.',
    arguments: { arg1: 'the first', arg2: 'the second' },
  },
  test_prompt_with_image: {
    template: chatPrompt([
      {
        role: 'user',
        content: [
          { type: 'image', source: { data: PNG, mediaType: 'image/png' } },
          { type: 'text', text: 'Please analyze the image above.' },
        ],
      },
    ]),
    description: 'A prompt with an image.',
  },
};

const serving = serveMcp({
  name: 'mortise-conformance',
  tools,
  prompts,
  // The scenarios send no token.
  token: null,
  toolErrors: errorText,
});
const server = serve({ fetch: serving.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.stdout.write(`http://localhost:${port}/mcp\n`);
});
process.once('SIGTERM', () => server.close());
