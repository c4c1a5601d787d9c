import type { Scheduler } from '../server/channel/scheduler.js'
import type { Producer } from './producer.js'
import type { RunEnd, RunStore } from './run-store.js'

/** What producers need of the `Runs` they belong to. */
export interface ProducerOwner {
  readonly store: RunStore
  readonly scheduler: Scheduler
  readonly maxBytes: number
  readonly lease: number
  report(error: unknown): void
  /** Records are kept: those after the first `count`. */
  onRecords(producer: Producer, count: number, records: readonly string[]): void
  /** The run has ended. */
  onEnd(producer: Producer, state: RunEnd, knowledge: Knowledge): void
}

/**
 * What is known of a run that has ended: it has `count` records (`exact`), the store has to be asked (`store`), or
 * nobody can be asked (`none`).
 */
export type Knowledge = 'exact' | 'store' | 'none'
