import type { Sink } from './sink.js'

/** What is known of how far a connection takes what it is given. Times are ticks of the timer that looks at it. */
export interface Flow {
  readonly sink: Sink
  /** Bytes handed to the sink. */
  readonly written: number
  /** How many of them it had passed on at the last look. */
  taken: number
  /** The last look that saw progress. */
  movedAt: number
}

/** Looks at a connection: whether it has taken nothing of what waits for it for `patience` ticks. */
export function isStalled(flow: Flow, tick: number, patience: number): boolean {
  const { bufferedBytes } = flow.sink
  const taken = flow.written - bufferedBytes
  if (bufferedBytes > 0 && taken <= flow.taken) return tick - flow.movedAt >= patience
  flow.taken = taken
  flow.movedAt = tick
  return false
}
