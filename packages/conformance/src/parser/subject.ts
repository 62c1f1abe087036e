import type { Schema } from '@mortise/core/schema';
import type { OutputParser, ValuePath } from '@mortise/core/parser';

/** A text that a model could have written, and what it says. */
export interface ParserSample {
  readonly text: string;
  readonly value: unknown;
}

/** A text that the parser must refuse. What is given besides must be what its error says. */
export interface ParserMisfit {
  readonly text: string;
  readonly code?: 'parse' | 'validation' | undefined;
  readonly position?: number | undefined;
  readonly path?: ValuePath | undefined;
}

/**
 * What a case of the parser suite may require. `stream`: the parser has that member. `snapshots`: it shows values before
 * the text is over. `long`: lists of any length. `failure`: there are texts that it refuses; `place`: its errors say
 * where, and what was expected. `instructions`: it has something to tell the model. `json`: it looks for JSON.
 * `schema`: it takes a schema.
 */
export type ParserFeature =
  | 'stream'
  | 'snapshots'
  | 'long'
  | 'failure'
  | 'place'
  | 'instructions'
  | 'json'
  | 'schema';

/** A parser under test, and texts to try it with. The suite cuts them in every way. */
export interface ParserSubject {
  create(): OutputParser<unknown, unknown>;
  /** At least two, of different values. */
  readonly samples: readonly [ParserSample, ParserSample, ...ParserSample[]];
  /** `failure` needs them. */
  readonly invalid?: readonly ParserMisfit[] | undefined;
  /** What random texts are made of. Default: pieces of the texts above. */
  readonly pieces?: readonly string[] | undefined;
  /** A text that it reads, of so many items of a few characters each. `long` needs it. */
  long?(items: number): string;
  /** A parser that takes any JSON value. `json` needs it. */
  json?(): OutputParser<unknown, unknown>;
  /** A parser of this schema. `schema` needs it, and texts that hold the value as JSON. */
  schema?<Input, Output>(schema: Schema<Input, Output>): OutputParser<Output, unknown>;
}
