import { defer, type Deferred } from '../server/async.js'
import { isSource, iteratorOf, runSource, stopSource, type SourceOwner } from '../server/source-runner.js'
import type { StreamMessage } from '../server/stream-message.js'
import { byteLength } from './byte-length.js'
import { recordOf } from './record.js'
import { eventId } from './run-id.js'
import { RunLimitError } from './run-limit-error.js'
import type { RunEnd } from './run-store.js'
import type { ProducerOwner } from './producer-owner.js'
import type { Run, RunSource } from './run.js'

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
  readonly #owner: ProducerOwner
  readonly #controller = new AbortController()
  readonly #closed: Deferred<RunEnd> = defer()
  #unwatch: () => void
  /** Encoded and not yet given to the store. */
  #pending: string[] = []
  #pendingBytes = 0
  /** Of the whole run, and how many messages it has given. */
  #bytes = 0
  #number = 0
  #flushing: Promise<void> | undefined
  #room: Deferred<void> | undefined
  /** A record is on its way to the store, or may have got lost there. */
  #isDoubtful = false
  /** The store has failed: its own end is all that it is asked to record. */
  #isBroken = false
  /** When the lease was last known to be renewed, and whether it is being. */
  #renewedAt: number
  #isRenewing = false

  constructor(
    owner: ProducerOwner,
    readonly key: string,
    readonly token: string,
  ) {
    this.#owner = owner
    this.#renewedAt = owner.scheduler.now()
    this.run = { key, signal: this.#controller.signal, closed: this.#closed.promise }
    this.#unwatch = owner.store.watch(key, token, 'end', () => void this.#renew())
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
    const record = recordOf(message, eventId(this.token, this.#number + 1))
    const bytes = byteLength(record) - 1
    const { maxBytes } = this.#owner
    if (this.#bytes + bytes > maxBytes) {
      this.fail(new RunLimitError('maxBytes', maxBytes))
      return false
    }
    this.#number++
    this.#bytes += bytes
    this.#pendingBytes += bytes
    this.#pending.push(record)
    this.#flush()
    return this.#pendingBytes < ROOM
  }

  drained(): Promise<void> {
    if (this.over || this.#pendingBytes < ROOM) return Promise.resolve()
    this.#room ??= defer()
    return this.#room.promise
  }

  onSourceEnd(): void {
    void this.#finish('done')
  }

  fail(error: unknown): void {
    this.report(error)
    void this.#finish('failed')
  }

  report(error: unknown): void {
    // What waits for something with the run's signal throws when the run ends: as it should.
    if (this.over && (error as Error | undefined)?.name === 'AbortError') return
    this.#owner.report(error)
  }

  /** Ends the run before its source does, because the process leaves. */
  abandon(): Promise<void> {
    this.#pending = []
    return this.#finish('lost')
  }

  /** The store has been told that the run has ended so. */
  settle(state: RunEnd, isRecorded = true): void {
    if (this.state) return
    this.state = state
    this.phase = isRecorded ? 'ended' : 'unrecorded'
    this.#halt()
    this.#pending = []
    this.#unwatch()
    this.#owner.onEnd(this, state, !isRecorded ? 'none' : this.#isDoubtful ? 'store' : 'exact')
    this.#closed.resolve(state)
  }

  /** To be called several times in each lease. */
  pulse(now: number): void {
    if (this.phase === 'unrecorded') void this.#recordLate(now)
    else if (now - this.#renewedAt >= this.#owner.lease / 8) void this.#renew()
  }

  /** Nothing of the source is wanted any more. */
  #halt(): void {
    if (this.phase === 'producing') this.phase = 'ending'
    stopSource(this)
    this.#controller.abort()
    this.#room?.resolve()
    this.#room = undefined
  }

  async #finish(state: RunEnd): Promise<void> {
    if (this.over) return
    this.phase = 'ending'
    this.#halt()
    while (this.#flushing) await this.#flushing
    if (this.state || this.#isBroken) return
    try {
      const { key, token } = this
      const before = await this.#owner.store.end(key, token, state)
      this.settle(before === 'running' ? state : (before ?? 'lost'))
    } catch (error) {
      this.#onStoreError(error)
    }
  }

  /** All that comes in one turn goes to the store together, and what comes while it works after that. */
  #flush(): void {
    this.#flushing ??= this.#write().finally(() => (this.#flushing = undefined))
  }

  async #write(): Promise<void> {
    const { store, scheduler } = this.#owner
    while (this.#pending.length > 0) {
      await new Promise<void>((resolve) => scheduler.soon(resolve))
      const records = this.#pending
      if (records.length === 0 || this.state || this.#isBroken) return
      this.#pending = []
      this.#pendingBytes = 0
      this.#isDoubtful = true
      try {
        const state = await store.append(this.key, this.token, this.count, records)
        this.#isDoubtful = false
        if (state !== 'running') return this.settle(state)
      } catch (error) {
        return this.#onStoreError(error)
      }
      this.#renewedAt = scheduler.now()
      this.#owner.onRecords(this, this.count, records)
      this.count += records.length
      this.#room?.resolve()
      this.#room = undefined
    }
  }

  async #renew(): Promise<void> {
    if (this.state || this.#isRenewing) return
    const { store, scheduler, lease } = this.#owner
    this.#isRenewing = true
    try {
      const state = await store.renew(this.key, this.token)
      if (state === 'running') this.#renewedAt = scheduler.now()
      else this.settle(state)
    } catch (error) {
      this.report(error)
      // By now every other process takes it for lost.
      if (scheduler.now() - this.#renewedAt >= lease) this.settle('lost', false)
    } finally {
      this.#isRenewing = false
    }
  }

  #onStoreError(error: unknown): void {
    if (this.state) return
    this.#isBroken = true
    this.report(error)
    this.#halt()
    const { key, token } = this
    const { store, scheduler } = this.#owner
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

  async #recordLate(now: number): Promise<void> {
    if (this.#isRenewing) return
    this.#isRenewing = true
    const isTooLate = now - this.#renewedAt >= this.#owner.lease
    try {
      if (!isTooLate) await this.#owner.store.end(this.key, this.token, this.state!)
      this.phase = 'ended'
    } catch {
      // Told once already; the next pulse asks again.
    } finally {
      this.#isRenewing = false
    }
  }
}
