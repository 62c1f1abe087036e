/**
 * The names of OpenTelemetry's semantic conventions for generative AI that this package writes, all of them and in this file alone.
 * They are those of 1.41.0, the last release that had them; the npm package `@opentelemetry/semantic-conventions` 1.45.0 has the same. Since then
 * the conventions go on in a repository of their own, whose names have no release yet: see {@link usesLatest}.
 */
export const CONVENTIONS = '1.41.0';

export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.41.0';

export const OPERATION = 'gen_ai.operation.name';
export const PROVIDER = 'gen_ai.provider.name';
export const CONVERSATION_ID = 'gen_ai.conversation.id';
export const AGENT_NAME = 'gen_ai.agent.name';
export const WORKFLOW_NAME = 'gen_ai.workflow.name';
export const TOOL_NAME = 'gen_ai.tool.name';
export const TOOL_TYPE = 'gen_ai.tool.type';
export const TOOL_CALL_ID = 'gen_ai.tool.call.id';
export const OUTPUT_TYPE = 'gen_ai.output.type';
export const REQUEST_MODEL = 'gen_ai.request.model';
export const REQUEST_STREAM = 'gen_ai.request.stream';
export const REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const REQUEST_TOP_P = 'gen_ai.request.top_p';
export const REQUEST_TOP_K = 'gen_ai.request.top_k';
export const REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const REQUEST_SEED = 'gen_ai.request.seed';
export const RESPONSE_ID = 'gen_ai.response.id';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
export const RESPONSE_TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
export const USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const USAGE_CACHE_READ = 'gen_ai.usage.cache_read.input_tokens';
export const USAGE_CACHE_CREATION = 'gen_ai.usage.cache_creation.input_tokens';
export const USAGE_REASONING = 'gen_ai.usage.reasoning.output_tokens';
export const EMBEDDINGS_DIMENSIONS = 'gen_ai.embeddings.dimension.count';
export const TOKEN_TYPE = 'gen_ai.token.type';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const ERROR_TYPE = 'error.type';
export const MCP_METHOD = 'mcp.method.name';

/** What users and models wrote: only on request. */
export const INPUT_MESSAGES = 'gen_ai.input.messages';
export const OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';
export const TOOL_DESCRIPTION = 'gen_ai.tool.description';
export const TOOL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const TOOL_RESULT = 'gen_ai.tool.call.result';
export const REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const RETRIEVAL_QUERY = 'gen_ai.retrieval.query.text';
export const RETRIEVAL_DOCUMENTS = 'gen_ai.retrieval.documents';

export const METRIC_DURATION = 'gen_ai.client.operation.duration';
export const METRIC_TOKENS = 'gen_ai.client.token.usage';
export const METRIC_FIRST_CHUNK = 'gen_ai.client.operation.time_to_first_chunk';
export const METRIC_OUTPUT_CHUNK = 'gen_ai.client.operation.time_per_output_chunk';
export const METRIC_MCP_DURATION = 'mcp.client.operation.duration';
export const METRIC_MCP_SERVED = 'mcp.server.operation.duration';
/** Of the repository for GenAI, without a release: only where {@link usesLatest}. */
export const METRIC_TOOL_DURATION = 'gen_ai.execute_tool.duration';
export const METRIC_AGENT_DURATION = 'gen_ai.invoke_agent.duration';
export const METRIC_WORKFLOW_DURATION = 'gen_ai.workflow.duration';

/** Bounds of buckets in seconds, and in tokens, as the conventions give them. */
export const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
export const TOKENS = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** Integrations, and whole providers behind one wire, by the names that the registry has for them. */
const PROVIDERS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['bedrock', 'aws.bedrock'],
  ['google', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
]);

const BY_HOST: readonly (readonly [string, string])[] = [
  ['openai.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
];

/** The provider's name in the registry: by the host where that says who is asked, else by the integration. */
export function providerName(provider: string, address: unknown): string {
  const host = typeof address === 'string' ? address : '';
  const known = BY_HOST.find(([end]) => host === end || host.endsWith(`.${end}`) || host.endsWith(`-${end}`));
  return known?.[1] ?? PROVIDERS.get(provider) ?? provider;
}

/** The variable by which an application takes names before their release, and its word for GenAI. */
export const OPT_IN = 'OTEL_SEMCONV_STABILITY_OPT_IN';

/** Whether `OTEL_SEMCONV_STABILITY_OPT_IN` asks for names of generative AI that are not released. */
export function usesLatest(): boolean {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } };
  const words = process?.env?.[OPT_IN]?.split(',') ?? [];
  return words.some((word) => word.trim() === 'gen_ai_latest_experimental');
}
