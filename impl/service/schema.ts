/**
 * A schema as libraries such as zod, Valibot and ArkType make them: the interface of Standard Schema
 * (https://standardschema.dev), as far as it is used here.
 */
export interface Schema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Describes the values in JSON Schema, where the library can. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
    };
  };
}

/** The outcome of a validation: the value, possibly converted, or what is wrong. */
export type Validated<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One mistake in a value, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The values that a schema accepts. */
export type InputOf<Described extends Schema> = NonNullable<Described['~standard']['types']>['input'];

/** What a schema makes of the values that it accepts. */
export type OutputOf<Described extends Schema> = NonNullable<Described['~standard']['types']>['output'];
