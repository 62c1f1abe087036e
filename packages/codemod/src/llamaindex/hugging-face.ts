import type { NewExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf } from '../engine/syntax.ts';
import { helper } from './helpers.ts';

/** `HuggingFaceInferenceAPIEmbedding` as a class of the file. */
export function huggingFaceText(node: NewExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const [model, token] = [members?.get('model'), members?.get('accessToken')];
  if (model === undefined || token === undefined || members?.size !== 2)
    return file.cannot(node, 'It is made here of a model and an accessToken alone.');
  file.note(
    node,
    "The vectors are asked of Hugging Face's router, by a class of the file; the model must be served there, and give one vector a text.",
  );
  return `new ${embeddingClass(file)}(${file.render(model)}, ${file.render(token)})`;
}

function embeddingClass(file: Rewriting): string {
  const base = file.use('BaseEmbedding', '@mortise/core');
  const [attempt, reply, request] = file.typed
    ? [
        file.useType('Attempt', '@mortise/core'),
        file.useType('EmbedReply', '@mortise/core'),
        file.useType('EmbedRequest', '@mortise/core/embedding'),
      ]
    : [];
  const wire = '@mortise/core/wire';
  const [guarded, failed, read] = [
    file.use('guardedFetch', wire),
    file.use('errorFromReply', wire),
    file.use('readReplyText', wire),
  ];
  return helper(
    'HuggingFaceEmbedding',
    file,
    ({ name, typed }) => `
/** An embedding model that Hugging Face's router serves. */
class ${name} extends ${base} {
  ${typed('readonly ')}metadata = { maxBatchSize: 32, asymmetric: false, acceptsDimensions: false };
  ${typed('readonly ')}#token${typed(': string')};
  constructor(model${typed(': string')}, token${typed(': string')}) {
    super({ provider: 'huggingface', model });
    this.#token = token;
  }
  async doEmbed(inputs${typed(': readonly string[]')}, _request${typed(`: ${request}`)}, attempt${typed(`: ${attempt}`)})${typed(`: Promise<${reply}>`)} {
    const about = { provider: this.provider, model: this.model, secrets: [this.#token] };
    const response = await ${guarded}({ provider: this.provider })(
      \`https://router.huggingface.co/hf-inference/models/\${this.model}/pipeline/feature-extraction\`,
      {
        method: 'POST',
        headers: { authorization: \`Bearer \${this.#token}\`, 'content-type': 'application/json' },
        body: JSON.stringify({ inputs }),
        signal: attempt.signal,
      },
    );
    if (!response.ok) throw await ${failed}(response, attempt, about);
    return { embeddings: JSON.parse(await ${read}(response, attempt, about)) };
  }
}`,
  );
}
