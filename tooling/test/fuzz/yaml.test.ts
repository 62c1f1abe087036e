import { jsonSchema } from '@mortise/toolkit';
import { YamlParser, type YamlParserOptions } from '@mortise/yaml';
import { call, fuzz } from './fuzz.ts';
import { lazily, streamOf } from './parts.ts';

const options = (): YamlParserOptions<unknown, unknown> => ({
  schema: jsonSchema({ type: 'object', properties: { a: { type: 'array' } }, required: ['a'] }),
  maxAliasCount: 10,
});
const signal = () => ({ signal: new AbortController().signal, parent: 'x' });

fuzz('integrations/yaml', [
  call(
    'YamlParser.parse',
    () =>
      [options(), 'Here:\n```yaml\na:\n  - 1\n```', signal()] as [
        YamlParserOptions<unknown, unknown>,
        string,
        object,
      ],
    (given, text, asked) => new YamlParser(given).parse(text, asked),
  ),
  call(
    'YamlParser.stream',
    () => [() => streamOf(['a:\n', '  - 1\n']), signal()] as [() => AsyncIterable<string>, object],
    (make, asked) => new YamlParser().stream(lazily(make), asked),
    // What the source throws is the source's.
    true,
  ),
  call(
    'YamlParser.format',
    () => [options(), [{ role: 'user', content: 'q' }]] as [YamlParserOptions<unknown, unknown>, never],
    (given, input) => new YamlParser(given).format(input),
  ),
]);
