/**
 * What a wire takes of JSON Schema where it holds a model to it (structured output, strict tools). Data, so that a new wire
 * is a few lines. What it does not take goes into the description, for the model to read; the validator still judges it.
 */
export interface SchemaDialect {
  /** In messages. */
  readonly name: string;
  /** Keywords that are sent on. `all`: every one that the strict form can keep. */
  readonly keywords: 'all' | readonly string[];
  /** Keywords that say nothing to a model and are left out without a word. */
  readonly silent: readonly string[];
  /** Values of `format` that are sent on; absent: all. */
  readonly formats?: readonly string[] | undefined;
  /** `plain`: without lookaround and references to groups. Default: any. */
  readonly patterns?: 'plain' | undefined;
  /** The highest `minItems` that is sent on. Default: any. */
  readonly mostMinItems?: number | undefined;
  /** An optional member: required and nullable, as it is, or not taken at all. */
  readonly optional: 'nullable' | 'kept' | 'refused';
  /** An object that does not say whether it takes further members: closed, or not taken. Default: closed. */
  readonly open?: 'closed' | 'refused' | undefined;
  /** Whether a schema may refer to itself. Default: true. */
  readonly recursive?: boolean | undefined;
  readonly limits?: SchemaLimits | undefined;
}

/** How much a wire takes of one schema. Absent: any number. */
export interface SchemaLimits {
  /** Objects and lists inside one another. */
  readonly depth?: number | undefined;
  /** Members of all objects. */
  readonly properties?: number | undefined;
  /** Members that are not required. */
  readonly optional?: number | undefined;
  /** Places with alternatives: `anyOf`, or a list of types. */
  readonly unions?: number | undefined;
  /** Values of all enums. */
  readonly enumValues?: number | undefined;
  /** Characters of all names of members and definitions, and of all enum values and constants. */
  readonly characters?: number | undefined;
  /** Characters of one enum of more than 250 strings. */
  readonly enumCharacters?: number | undefined;
}
