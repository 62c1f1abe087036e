export { jsonSchema, toJsonSchema } from './json-schema.ts';
