/*
 * The two interfaces below restate Standard Schema v1 and Standard JSON Schema v1 (standardschema.dev),
 * which their authors publish to be copied: a validator that implements them fits without core knowing it.
 */
/** A validator of any library, by its `~standard` member. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a validator says of a value. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<StandardIssue> };

/** What is wrong with a value, and where in it. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** A schema that can also write itself as JSON Schema (zod 4 and arktype do; valibot by `toStandardJsonSchema`). */
export interface StandardJsonSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly jsonSchema: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>;
      readonly output: (options: { readonly target: string }) => Record<string, unknown>;
    };
  };
}

/** What every schema parameter of Mortise takes: it validates, and it can be shown to a model. */
export type Schema<Input = unknown, Output = Input> = StandardSchema<Input, Output> &
  StandardJsonSchema<Input, Output>;

/** The type a schema accepts. */
export type InferInput<S> = S extends StandardSchema<infer Input, unknown> ? Input : never;
/** The type a schema gives. */
export type InferOutput<S> = S extends StandardSchema<infer _Input, infer Output> ? Output : never;
