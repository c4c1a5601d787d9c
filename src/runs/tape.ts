import type { Scheduler } from '../server/channel/scheduler.js'
import { toBytes } from '../server/to-bytes.js'
import { wireOf } from './record.js'
import type { RunState, RunStore } from './run-store.js'

export interface TapeOwner {
  readonly store: RunStore
  readonly scheduler: Scheduler
  report(error: unknown): void
  /** There is more to read, or the run has ended. */
  onTape(tape: Tape): void
}

/** What readers get in place of the first `count` records; without `wire` they get those themselves. */
export interface Compaction {
  readonly count: number
  readonly wire?: Uint8Array
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
  readonly readers = new Set<{ advance(): void }>()
  readonly records: string[] = []
  readonly chunks: Uint8Array[] = []
  state: RunState = 'running'
  /** The end is told without an id, because the store could not be asked how much it holds. */
  isCut = false
  /** When to look whether the run goes on, if nothing is heard of it. */
  lookAt = 0
  /** The last one that was asked for, and how many records it stands for. */
  compaction: { readonly count: number; readonly made: Promise<Compaction> } | undefined
  readonly key: string
  readonly token: string
  private readonly _owner: TapeOwner
  private _unwatch: (() => void) | undefined
  private _loading: Promise<void> | undefined
  private _isStale = false
  private _isClosed = false

  /** @param isLocal Whether this process produces the run, and says what happens to it. */
  constructor(owner: TapeOwner, { key, token, isLocal }: { key: string; token: string; isLocal: boolean }) {
    this._owner = owner
    this.key = key
    this.token = token
    if (!isLocal) this._unwatch = owner.store.watch(key, token, 'records', () => this.wake())
  }

  get count(): number {
    return this.chunks.length
  }

  get hasEnded(): boolean {
    return this.state !== 'running'
  }

  /** Resolves once it holds all that the store held at the call, or has been told why not. Never rejects. */
  load(): Promise<void> {
    this._isStale = true
    this._loading ??= this._read().finally(() => (this._loading = undefined))
    return this._loading
  }

  /** The run is lost if nothing is heard of it for `lease` milliseconds. */
  expect(lease: number): void {
    this.lookAt = this._owner.scheduler.now() + lease + SLACK
  }

  wake(): void {
    if (!this.hasEnded) void this.load()
  }

  /** The store has taken these after the first `count`. */
  offer(count: number, records: readonly string[]): void {
    if (this.hasEnded) return
    if (count !== this.count || this._loading) return this.wake()
    this._push(records)
    this._owner.onTape(this)
  }

  /** The run has ended with `count` records. */
  finish(state: RunState, count: number): void {
    if (this.hasEnded) return
    if (count !== this.count || this._loading) return this.wake()
    this._end(state)
  }

  /** The run has ended, and nobody can say what the store holds of it. */
  cut(state: RunState): void {
    if (this.hasEnded) return
    this.isCut = true
    this._end(state)
  }

  close(): void {
    this._isClosed = true
    this._unwatch?.()
  }

  private _push(records: readonly string[]): void {
    for (const record of records) {
      this.records.push(record)
      this.chunks.push(toBytes(wireOf(record)))
    }
  }

  private _end(state: RunState): void {
    this.state = state
    this._unwatch?.()
    this._owner.onTape(this)
  }

  private async _read(): Promise<void> {
    const { store, scheduler, report } = this._owner
    while (this._isStale && !this._isClosed && !this.hasEnded) {
      this._isStale = false
      try {
        const view = await store.read(this.key, this.count)
        if (this._isClosed || this.hasEnded) return
        // Its key is free, or has another run: what it held is gone.
        if (view?.token !== this.token || view.count < this.count) return this.cut('lost')
        this._push(view.records)
        this.expect(view.lease)
        if (view.count > this.count) this._isStale = true
        else if (view.state !== 'running') return this._end(view.state)
        this._owner.onTape(this)
      } catch (error) {
        report(error)
        this.lookAt = scheduler.now() + AGAIN
      }
    }
  }
}
