import type { CallExpression, Node, NewExpression } from 'ts-morph';
import type { Rewriting, Rule } from '../engine/contract.ts';
import { argumentOf, membersOf, objectText } from '../engine/syntax.ts';
import { LLM_OPTIONS, optionsText, type ModelRow } from './models.ts';

/** How the options of Azure's classes are named in both libraries. */
const AZURE: Readonly<Record<string, string>> = {
  endpoint: 'resource',
  azureOpenAIEndpoint: 'resource',
  azureOpenAIApiInstanceName: 'resource',
  azureADTokenProvider: 'token',
  deployment: 'model',
  deploymentName: 'model',
  azureOpenAIApiDeploymentName: 'model',
  azureOpenAIApiEmbeddingsDeploymentName: 'model',
  azureOpenAIApiCompletionsDeploymentName: 'model',
  azureOpenAIApiKey: 'apiKey',
  azureOpenAIApiVersion: 'version',
  apiVersion: 'version',
};

/** `new AzureOpenAI({ ... })` as `new OpenAILLM({ ...azure({ resource }), model })`, where `model` is the deployment. */
export function azureRule(
  name: string,
  fixed: readonly (readonly [string, string])[],
  model: string,
): Rule<CallExpression | NewExpression> {
  return (node, file) => {
    const old = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
    if (old === undefined) return file.cannot(node, 'The options of Azure are not written where it is made.');
    const azure = new Map<string, string>();
    const rest = new Map<string, Node>();
    for (const [option, value] of old) {
      const to = AZURE[option];
      const base =
        option === 'azureOpenAIBasePath'
          ? /^(["'])(https?:\/\/[^/"']+)\/openai\/deployments\/?["']$/.exec(value.getText())
          : null;
      if (base !== null) azure.set('resource', `${base[1]}${base[2]}${base[1]}`);
      else if (to === undefined) rest.set(option, value);
      else
        azure.set(
          to,
          to === 'model' && /^process\.env\.\w+$/.test(value.getText())
            ? `${value.getText()} ?? ''`
            : file.render(value),
        );
    }
    const row: ModelRow = {
      name,
      from: '@mortise/openai',
      model,
      options: LLM_OPTIONS,
    };
    const parts = optionsText(
      { ...row, model: azure.get('model') ?? model },
      rest,
      node,
      file,
      azure.has('model'),
    );
    if (typeof parts === 'string') return file.cannot(node, parts);
    if (azure.has('version'))
      file.note(
        node,
        'The version of the API is not sent: the v1 path of Azure has none. With azure({ deployment, apiVersion }) the classic path is taken.',
      );
    return text(name, azure, parts, fixed, file, node);
  };
}

function text(
  name: string,
  azure: ReadonlyMap<string, string>,
  parts: {
    readonly settings: readonly (readonly [string, string])[];
    readonly calls: readonly (readonly [string, string])[];
  },
  fixed: readonly (readonly [string, string])[],
  file: Rewriting,
  node: Node,
): string {
  if (!azure.has('resource'))
    file.note(
      node,
      'The address was taken from an environment variable: AZURE_OPENAI_ENDPOINT is read where the model is made.',
    );
  const resource = azure.get('resource') ?? "process.env.AZURE_OPENAI_ENDPOINT ?? ''";
  const connection = `${file.use('azure', '@mortise/openai/presets')}(${objectText([
    ['resource', resource],
    ['token', azure.get('token')],
  ])})`;
  const made = `new ${file.use(name, '@mortise/openai')}(${objectText([
    ['...', connection],
    ...parts.settings.slice(0, 1),
    ...fixed,
    ['apiKey', azure.get('apiKey')],
    ...parts.settings.slice(1),
  ])})`;
  if (parts.calls.length === 0) return made;
  return `${file.use('withDefaults', '@mortise/toolkit')}(${made}, ${objectText(parts.calls)})`;
}
