/**
 * The part of the Standard Schema interface (standardschema.dev) that decoding needs. The schemas of
 * zod, valibot, arktype and others have it as they are published.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** What the standard asks of a schema: its version, who made it, and the function that validates. */
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a schema makes of a value: another value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One thing that is wrong, and where. */
export interface StandardIssue {
  /** What is wrong, for people. */
  readonly message: string
  /** The way to the value that is wrong, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
