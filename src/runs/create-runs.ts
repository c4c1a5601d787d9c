import { check, checkOptions } from '../options/check-options.js'
import { milliseconds } from '../options/rules.js'
import { hostScheduler } from '../server/channel/scheduler.js'
import type { NodeRequest, NodeResponse } from '../server/node-types.js'
import { attempt } from '../server/async.js'
import { createMemoryStore } from './memory-store.js'
import { isSource, iteratorOf } from '../server/source-runner.js'
import { Producer } from './producer.js'
import { createReaders, type Readers } from './readers.js'
import { createToken } from './run-id.js'
import { RunExistsError } from './run-exists-error.js'
import type { RunState } from './run-store.js'
import type { Run, RunSource } from './run.js'
import { RunsClosedError } from './runs-closed-error.js'
import { checkKey, resolveRunsOptions, type RunsOptions } from './runs-options.js'

/** Runs of this process, and readers of runs of any. The code that created it owns it and closes it; any code may use it. */
export interface Runs {
  /**
   * Claims the key, then starts to read the source. Resolves as soon as the key is claimed, before the first message.
   * Of several calls at once, in any processes, exactly one wins.
   *
   * Rejects with nothing started, a source that is an iterable given back with `return()`: with a `RunExistsError` where the
   * key is taken, a `RunsClosedError` after `close`, an `OptionError` for a key or a source that is none, and with the error of the store.
   */
  start(key: string, source: RunSource): Promise<Run>
  /** Answers a web request with the run. Rejects for a key that is no string alone. May be passed on without the runs. */
  readonly fetch: (request: Request, key: string) => Promise<Response>
  /** Answers a Node request, also of HTTP/2 (its compatibility API). Resolves when the answer has begun. As `fetch`. */
  readonly node: (req: NodeRequest, res: NodeResponse, key: string) => Promise<void>
  /** How the run stands that has the key; `undefined` where there is none. Rejects with the error of the store. */
  state(key: string): Promise<RunState | undefined>
  /**
   * Ends a run, in any process: its `signal` is aborted there and `closed` settles, whatever the source
   * does. Gives whether one went on. Rejects with the error of the store.
   */
  stop(key: string): Promise<boolean>
  /** Stops the run where it goes on, and drops what is kept of it. Does nothing where there is none. */
  forget(key: string): Promise<void>
  /**
   * Starts nothing more and lets nobody in. Runs that go on have `drain` milliseconds (default 0) to end by themselves; those
   * that do not are `lost`, so that they can be started elsewhere at once. Readers of runs of other processes are sent there.
   *
   * Resolves when all connections have ended and the store is closed. Further calls give the same promise.
   */
  close(options?: { drain?: number }): Promise<void>
}

/**
 * Makes runs: answers that are read from their source with or without readers, recorded, and replayed to each reader.
 *
 * Starts no timer and opens nothing before the first run or reader.
 *
 * @throws {OptionError} for options that do not exist or make no sense.
 *
 * @example
 * ```ts
 * import { createRuns } from 'eventwire/runs'
 *
 * const runs = createRuns()
 * const run = await runs.start('chat-1', async function* () {
 *   yield { data: 'Hello' }
 *   yield { data: ' world' }
 * })
 * await run.closed // => 'done'
 *
 * const response = await runs.fetch(new Request('http://localhost/chat-1'), 'chat-1')
 * const text = await response.text()
 * text.match(/data: .*$/gm) // => ['data: Hello', 'data:  world']
 * await runs.close()
 * ```
 */
export function createRuns(options: RunsOptions = {}): Runs {
  const settings = resolveRunsOptions(options)
  const scheduler = hostScheduler
  const store = options.store ?? createMemoryStore(scheduler.now)
  const producers = new Set<Producer>()
  const readers: Readers = createReaders({ settings, scheduler, store, producers })
  let closing: Promise<void> | undefined

  const producerOf = (key: string): Producer | undefined => {
    for (const producer of producers) if (producer.key === key && producer.state === undefined) return producer
    return undefined
  }

  const stop = async (key: string): Promise<boolean> => {
    const isOver = (await store.end(key, undefined, 'stopped')) !== 'running'
    if (!isOver) producerOf(key)?.settle('stopped')
    return !isOver
  }

  const giveBack = (source: RunSource): void => {
    if (typeof source === 'function') return
    void attempt(() => (iteratorOf(source) as AsyncIterator<unknown>).return?.(), settings.report)
  }

  const shutDown = async (drain: number): Promise<void> => {
    readers.refuse(drain)
    const ended = Promise.all([...producers].map(({ run }) => run.closed))
    if (drain > 0 && producers.size > 0) {
      let cancel = (): void => {}
      await Promise.race([ended, new Promise<void>((resolve) => (cancel = scheduler.later(resolve, drain)))])
      cancel()
    }
    for (const producer of producers) void producer.abandon()
    await ended
    producers.clear()
    await readers.close()
    await store.close()
  }

  return {
    async start(key, source) {
      checkKey(key)
      check('source', isSource(source), 'must be an iterable, or a function that gives one')
      try {
        if (closing) throw new RunsClosedError()
        const token = createToken()
        const { lease, keep, maxBytes, report } = settings
        if (!(await store.claim(key, { token, lease, keep }))) throw new RunExistsError(key)
        if (closing) {
          await store.end(key, token, 'lost')
          throw new RunsClosedError()
        }
        const { onRecords, onEnd } = readers
        const producer = new Producer({ store, scheduler, maxBytes, lease, report, onRecords, onEnd }, key, token)
        producers.add(producer)
        readers.keepTime()
        void producer.start(source)
        return producer.run
      } catch (error) {
        giveBack(source)
        throw error
      }
    },
    fetch: (request, key) => readers.enter(key, request) as Promise<Response>,
    async node(req, res, key) {
      await readers.enter(key, req, res)
    },
    async state(key) {
      checkKey(key)
      for (const { key: other, phase, state } of producers) if (other === key && phase === 'unrecorded') return state
      return (await store.read(key, Infinity))?.state
    },
    async stop(key) {
      checkKey(key)
      return stop(key)
    },
    async forget(key) {
      checkKey(key)
      await stop(key)
      await store.forget(key)
    },
    async close(closeOptions) {
      checkOptions(closeOptions, { drain: milliseconds })
      closing ??= shutDown(closeOptions?.drain ?? 0)
      return closing
    },
  }
}
