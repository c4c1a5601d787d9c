/** A stream, how it is cut into chunks, and what a reader makes of it. */
export interface StreamCase {
  readonly name: string
  readonly rule: string
  readonly section: string
  /** Text is sent as UTF-8, numbers are bytes. */
  readonly chunks: readonly (string | readonly number[])[]
  /** `[data]`, `[data, event]` or `[data, event, id]`; the type is `"message"` and the id `""` where missing. */
  readonly events: readonly (readonly [data: string, event?: string, id?: string])[]
  readonly retries?: readonly number[]
  /** All events must be there before the stream goes on or ends. */
  readonly prompt?: true
  /** The stream ends inside a block. */
  readonly unfinished?: true
}

/** The cases of one section. */
export type StreamGroup = readonly [section: string, cases: readonly Omit<StreamCase, 'section'>[]]
