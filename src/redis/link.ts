/** One connection to Redis, from its opening to its end. It does not come back by itself. */
export interface Link {
  /** Once. Rejects where the server cannot be reached or refuses, and may do so late or never. */
  open(): Promise<void>
  /** Whether commands can be sent. */
  readonly isOpen: boolean
  /** Sends at once, in the order of the calls. Rejects as soon as the connection is lost. */
  send(args: readonly string[]): Promise<unknown>
  /** Resolves when the socket is gone. May be called at any time, and more than once. Never rejects. */
  close(): Promise<void>
}

/** Makes connections like that of the user's client, which is left alone. */
export interface LinkFactory {
  /** What the user's client puts before all keys. */
  readonly keyPrefix: string
  /** @param timeoutMs Bounds the opening. */
  create(timeoutMs: number): Link
}
