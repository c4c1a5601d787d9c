import { defer, type Deferred } from '../server/async.js'
import type { Scheduler } from '../server/channel/scheduler.js'
import { isSource, iteratorOf, runSource, stopSource, type SourceOwner } from '../server/source-runner.js'
import type { StreamMessage } from '../server/stream-message.js'
import { byteLength } from './byte-length.js'
import { recordOf } from './record.js'
import { eventId } from './run-id.js'
import { RunLimitError } from './run-limit-error.js'
import type { RunEnd, RunStore } from './run-store.js'
import type { Run, RunSource } from './run.js'

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

/** Bytes that may wait for the store before the source is made to wait. */
const ROOM = 64 * 1024

/** Milliseconds that the store has to say how a run stands that could not be recorded. */
const PATIENCE = 1000

/**
 * `producing`: the source is read. `ending`: it is not read any more, and the end is being recorded. `ended`: `closed`
 * is settled. `unrecorded`: it is too, and the store is yet to be told.
 */
type Phase = 'producing' | 'ending' | 'ended' | 'unrecorded'

/** Reads one source into the store. The store alone says whether the run goes on. */
export class Producer implements SourceOwner {
  readonly run: Run
  phase: Phase = 'producing'
  /** There once it has ended. */
  state: RunEnd | undefined
  /** Records that the store has taken. */
  count = 0
  stop: (() => unknown) | undefined
  private readonly _owner: ProducerOwner
  private readonly _controller = new AbortController()
  private readonly _closed: Deferred<RunEnd> = defer()
  private _unwatch: () => void
  /** Encoded and not yet given to the store. */
  private _pending: string[] = []
  private _pendingBytes = 0
  /** Of the whole run, and how many messages it has given. */
  private _bytes = 0
  private _number = 0
  private _flushing: Promise<void> | undefined
  private _room: Deferred<void> | undefined
  /** A record is on its way to the store, or may have got lost there. */
  private _isDoubtful = false
  /** The store has failed: its own end is all that it is asked to record. */
  private _isBroken = false
  /** When the lease was last known to be renewed, and whether it is being. */
  private _renewedAt: number
  private _isRenewing = false

  constructor(
    owner: ProducerOwner,
    readonly key: string,
    readonly token: string,
  ) {
    this._owner = owner
    this._renewedAt = owner.scheduler.now()
    this.run = { key, signal: this._controller.signal, closed: this._closed.promise }
    this._unwatch = owner.store.watch(key, token, 'end', () => void this._renew())
  }

  get over(): boolean {
    return this.phase !== 'producing'
  }

  async start(source: RunSource): Promise<void> {
    try {
      const product = typeof source === 'function' ? await source(this.run) : source
      if (typeof product === 'function' || !isSource(product))
        throw new TypeError('The source of a run must give an iterable.')
      runSource(this, iteratorOf(product))
    } catch (error) {
      this.fail(error)
    }
  }

  send(message: StreamMessage): boolean {
    if (this.over) return false
    const record = recordOf(message, eventId(this.token, this._number + 1))
    const bytes = byteLength(record) - 1
    const { maxBytes } = this._owner
    if (this._bytes + bytes > maxBytes) {
      this.fail(new RunLimitError('maxBytes', maxBytes))
      return false
    }
    this._number++
    this._bytes += bytes
    this._pendingBytes += bytes
    this._pending.push(record)
    this._flush()
    return this._pendingBytes < ROOM
  }

  drained(): Promise<void> {
    if (this.over || this._pendingBytes < ROOM) return Promise.resolve()
    this._room ??= defer()
    return this._room.promise
  }

  onSourceEnd(): void {
    void this._finish('done')
  }

  fail(error: unknown): void {
    this.report(error)
    void this._finish('failed')
  }

  report(error: unknown): void {
    // What waits for something with the run's signal throws when the run ends: as it should.
    if (this.over && (error as Error | undefined)?.name === 'AbortError') return
    this._owner.report(error)
  }

  /** Ends the run before its source does, because the process leaves. */
  abandon(): Promise<void> {
    this._pending = []
    return this._finish('lost')
  }

  /** The store has been told that the run has ended so. */
  settle(state: RunEnd, isRecorded = true): void {
    if (this.state) return
    this.state = state
    this.phase = isRecorded ? 'ended' : 'unrecorded'
    this._halt()
    this._pending = []
    this._unwatch()
    this._owner.onEnd(this, state, !isRecorded ? 'none' : this._isDoubtful ? 'store' : 'exact')
    this._closed.resolve(state)
  }

  /** To be called several times in each lease. */
  pulse(now: number): void {
    if (this.phase === 'unrecorded') void this._recordLate(now)
    else if (now - this._renewedAt >= this._owner.lease / 8) void this._renew()
  }

  /** Nothing of the source is wanted any more. */
  private _halt(): void {
    if (this.phase === 'producing') this.phase = 'ending'
    stopSource(this)
    this._controller.abort()
    this._room?.resolve()
    this._room = undefined
  }

  private async _finish(state: RunEnd): Promise<void> {
    if (this.over) return
    this.phase = 'ending'
    this._halt()
    while (this._flushing) await this._flushing
    if (this.state || this._isBroken) return
    try {
      const { key, token } = this
      const before = await this._owner.store.end(key, token, state)
      this.settle(before === 'running' ? state : (before ?? 'lost'))
    } catch (error) {
      this._onStoreError(error)
    }
  }

  /** All that comes in one turn goes to the store together, and what comes while it works after that. */
  private _flush(): void {
    this._flushing ??= this._write().finally(() => (this._flushing = undefined))
  }

  private async _write(): Promise<void> {
    const { store, scheduler } = this._owner
    while (this._pending.length > 0) {
      await new Promise<void>((resolve) => scheduler.soon(resolve))
      const records = this._pending
      if (records.length === 0 || this.state || this._isBroken) return
      this._pending = []
      this._pendingBytes = 0
      this._isDoubtful = true
      try {
        const state = await store.append(this.key, this.token, this.count, records)
        this._isDoubtful = false
        if (state !== 'running') return this.settle(state)
      } catch (error) {
        return this._onStoreError(error)
      }
      this._renewedAt = scheduler.now()
      this._owner.onRecords(this, this.count, records)
      this.count += records.length
      this._room?.resolve()
      this._room = undefined
    }
  }

  private async _renew(): Promise<void> {
    if (this.state || this._isRenewing) return
    const { store, scheduler, lease } = this._owner
    this._isRenewing = true
    try {
      const state = await store.renew(this.key, this.token)
      if (state === 'running') this._renewedAt = scheduler.now()
      else this.settle(state)
    } catch (error) {
      this.report(error)
      // By now every other process takes it for lost.
      if (scheduler.now() - this._renewedAt >= lease) this.settle('lost', false)
    } finally {
      this._isRenewing = false
    }
  }

  private _onStoreError(error: unknown): void {
    if (this.state) return
    this._isBroken = true
    this.report(error)
    this._halt()
    const { key, token } = this
    const { store, scheduler } = this._owner
    let cancel = (): void => {}
    const late = new Promise<undefined>((resolve) => (cancel = scheduler.later(() => resolve(undefined), PATIENCE)))
    const ending = Promise.resolve()
      .then(() => store.end(key, token, 'failed'))
      .catch(() => undefined)
    void Promise.race([ending, late]).then((before) => {
      cancel()
      if (before === undefined) this.settle('failed', false)
      else this.settle(before === 'running' ? 'failed' : before)
    })
  }

  private async _recordLate(now: number): Promise<void> {
    if (this._isRenewing) return
    this._isRenewing = true
    const isTooLate = now - this._renewedAt >= this._owner.lease
    try {
      if (!isTooLate) await this._owner.store.end(this.key, this.token, this.state!)
      this.phase = 'ended'
    } catch {
      // Told once already; the next pulse asks again.
    } finally {
      this._isRenewing = false
    }
  }
}
