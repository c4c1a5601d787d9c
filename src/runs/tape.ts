import type { Scheduler } from '../server/channel/scheduler.js'
import { toBytes } from '../server/to-bytes.js'
import type { Compaction } from './compaction.js'
import { wireOf } from './record.js'
import type { RunReader } from './run-reader.js'
import type { RunState, RunStore } from './run-store.js'

export interface TapeOwner {
  readonly store: RunStore
  readonly scheduler: Scheduler
  report(error: unknown): void
  /** There is more to read, or the run has ended. */
  onTape(tape: Tape): void
}

/** Milliseconds that a look at the store is put off beyond the end of a lease, and after it failed. */
const SLACK = 1
const AGAIN = 250

/**
 * One run as this process knows it: what its readers here share, encoded once. There while it has readers.
 *
 * It is filled from the store alone, so that every process has the same records under the same numbers; those that
 * the store has just taken from this process need not be fetched.
 */
export class Tape {
  readonly readers = new Set<RunReader>()
  readonly records: string[] = []
  readonly chunks: Uint8Array[] = []
  state: RunState = 'running'
  /** The end is told without an id, because the store could not be asked how much it holds. */
  isCut = false
  /** When to look whether the run goes on, if nothing is heard of it. */
  lookAt = 0
  /** The last one that was asked for, and how many records it stands for. */
  compaction: { readonly count: number; readonly made: Promise<Compaction> } | undefined
  readonly #owner: TapeOwner
  #unwatch: (() => void) | undefined
  #loading: Promise<void> | undefined
  #isStale = false
  #isClosed = false

  /** @param isLocal Whether this process produces the run, and says what happens to it. */
  constructor(
    owner: TapeOwner,
    readonly key: string,
    readonly token: string,
    isLocal: boolean,
  ) {
    this.#owner = owner
    if (!isLocal) this.#unwatch = owner.store.watch(key, token, 'records', () => this.wake())
  }

  get count(): number {
    return this.chunks.length
  }

  get hasEnded(): boolean {
    return this.state !== 'running'
  }

  /** Resolves once it holds all that the store held at the call, or has been told why not. Never rejects. */
  load(): Promise<void> {
    this.#isStale = true
    this.#loading ??= this.#read().finally(() => (this.#loading = undefined))
    return this.#loading
  }

  wake(): void {
    if (!this.hasEnded) void this.load()
  }

  /** The store has taken these after the first `count`. */
  offer(count: number, records: readonly string[]): void {
    if (this.hasEnded) return
    if (count !== this.count || this.#loading) return this.wake()
    this.#push(records)
    this.#owner.onTape(this)
  }

  /** The run has ended with `count` records. */
  finish(state: RunState, count: number): void {
    if (this.hasEnded) return
    if (count !== this.count || this.#loading) return this.wake()
    this.#end(state)
  }

  /** The run has ended, and nobody can say what the store holds of it. */
  cut(state: RunState): void {
    if (this.hasEnded) return
    this.isCut = true
    this.#end(state)
  }

  close(): void {
    this.#isClosed = true
    this.#unwatch?.()
  }

  #push(records: readonly string[]): void {
    for (const record of records) {
      this.records.push(record)
      this.chunks.push(toBytes(wireOf(record)))
    }
  }

  #end(state: RunState): void {
    this.state = state
    this.#unwatch?.()
    this.#owner.onTape(this)
  }

  async #read(): Promise<void> {
    const { store, scheduler, report } = this.#owner
    while (this.#isStale && !this.#isClosed && !this.hasEnded) {
      this.#isStale = false
      try {
        const view = await store.read(this.key, this.count)
        if (this.#isClosed || this.hasEnded) return
        // Its key is free, or has another run: what it held is gone.
        if (view?.token !== this.token || view.count < this.count) return this.cut('lost')
        this.#push(view.records)
        this.lookAt = scheduler.now() + view.lease + SLACK
        if (view.count > this.count) this.#isStale = true
        else if (view.state !== 'running') return this.#end(view.state)
        this.#owner.onTape(this)
      } catch (error) {
        report(error)
        this.lookAt = scheduler.now() + AGAIN
      }
    }
  }
}
