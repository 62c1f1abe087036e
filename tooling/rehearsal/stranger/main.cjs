// The same from CommonJS.
const { MortiseError, isMortiseError } = require('@mortise/core');
const { OpenAILLM } = require('@mortise/openai');

const llm = new OpenAILLM({ model: 'm', apiKey: 'key' });
if (llm.provider !== 'openai' || !isMortiseError(new MortiseError('internal', 'x')))
  throw new Error('It does not fit.');
console.log('require: it runs');
