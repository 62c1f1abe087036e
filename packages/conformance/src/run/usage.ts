import { resultsVariable } from '../frame/results.ts';

export const HELP = `Usage:
  mortise-conformance --ai-sdk FILE [--dialect NAME]      a model of the AI SDK
  mortise-conformance --langchain FILE [--dialect NAME]   a model of LangChain.js
  mortise-conformance --package NAME                      a package, by its entry ./conformance
  mortise-conformance FILE                                a module whose default export declares suites
  mortise-conformance report [FOLDER]                     sums up results of earlier runs

  mortise-conformance llm --base-url URL --model NAME         a running server of OpenAI's wire
  mortise-conformance embedding --base-url URL --model NAME

All but the last two run on this machine, against a server that plays the provider and breaks: no key, no network.
FILE exports a function that makes the model: export default ({ url, settings }) => model, which speaks to url and
sends settings.headers.

of a running server (Ollama, vLLM, LM Studio, LiteLLM, a gateway):
  --base-url URL    up to the version: http://127.0.0.1:11434/v1
  --model NAME      as the server calls it
  --api-key-env NAME  the environment variable that holds the key; default: none is sent
  --without NAME    what it is not expected to have: tools, structuredOutput, usage, usageInStreams, stop, streaming, models, base64
  --yes             do not ask before it is asked; it may cost money

  --dialect NAME    the wire that the model speaks; or FILE exports const dialect
  --case ID         this case alone; again for more
  --json FILE       the report as JSON
  --markdown FILE   as Markdown
  --junit FILE      as JUnit XML
  --badge FILE      a badge as SVG
  --quiet           no line of progress

of report:
  FOLDER            where the suites wrote, by default what ${resultsVariable} names; without --json and --markdown
                    it writes conformance.json and conformance.md here

Exit codes: 0 all passed, 1 a case failed, 2 it could not be run.
`;
