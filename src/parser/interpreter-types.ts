/** Text in, events out. What a callback throws comes out of `take` and `resume`; what is left then waits for `resume`. */
export interface Interpreter {
  /** Takes the next text of the stream, from `begin` on. */
  take(text: string, begin: number): void
  /** Goes on with what a callback that threw has left over, by one step; says whether there was anything. */
  resume(): boolean
  /** Begins the next stream; the last event ID stays. */
  start(): void
  /** Drops all there is, the rest of a text in work too. */
  forget(lastEventId?: string): void
  lastEventId(): string
}
