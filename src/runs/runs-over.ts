import { check, checkOptions } from '../options/check-options.js'
import { milliseconds } from '../options/rules.js'
import { attempt } from '../server/async.js'
import type { Scheduler } from '../server/channel/scheduler.js'
import { Exchange } from '../server/exchange.js'
import { checkNodePair, checkWebRequest } from '../server/handed.js'
import { isSource, iteratorOf } from '../server/source-runner.js'
import { Producer } from './producer.js'
import { createReaders, type Readers } from './readers.js'
import { createToken } from './run-id.js'
import { RunExistsError } from './run-exists-error.js'
import type { RunStore } from './run-store.js'
import type { RunSource } from './run.js'
import { RunsClosedError } from './runs-closed-error.js'
import { checkKey, type RunsSettings } from './runs-options.js'
import type { Runs } from './runs.js'

/** The runs of one process, by the time of `scheduler`. */
export function runsOver(settings: RunsSettings, store: RunStore, scheduler: Scheduler): Runs {
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

  const enter = async (key: string, exchange: Exchange): Promise<Exchange> => {
    check('key', typeof key === 'string', 'must be a string. Call fetch(request, key), or node(req, res, key)')
    await readers.enter(key, exchange)
    return exchange
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
    async fetch(request, key) {
      checkWebRequest(request)
      return (await enter(key, new Exchange(request, undefined, settings))).response!
    },
    async node(req, res, key) {
      checkNodePair(req, res)
      await enter(key, new Exchange(req, res, settings))
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
