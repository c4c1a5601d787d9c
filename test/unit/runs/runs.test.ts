import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { parse } from '../../../src/parser/parse.js'
import { createMemoryStore } from '../../../src/runs/memory-store.js'
import { createRuns } from '../../../src/runs/create-runs.js'
import type { Runs } from '../../../src/runs/runs.js'
import type { RunsOptions } from '../../../src/runs/runs-options.js'
import type { RunStore } from '../../../src/runs/run-store.js'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { serve } from '../../support/servers/http.js'

const silent = { onError: () => {} }

async function* words(...all: string[]): AsyncGenerator<{ data: string }> {
  for (const data of all) yield { data }
}

/** A source that goes on until it is let go. */
function endless(): {
  source: (run: { signal: AbortSignal }) => AsyncGenerator<{ data: string }>
  aborted: Promise<void>
} {
  let resolve!: () => void
  const aborted = new Promise<void>((done) => (resolve = done))
  return {
    aborted,
    async *source({ signal }) {
      yield { data: 'first' }
      await new Promise((done) => signal.addEventListener('abort', done))
      resolve()
    },
  }
}

function setUp(cleanup: Cleanup, options: RunsOptions = {}): Runs {
  const runs = createRuns({ ...silent, ...options })
  cleanup.defer(() => runs.close())
  return runs
}

const ask = (id?: string, method = 'GET'): Request =>
  new Request('http://localhost/', { method, headers: id === undefined ? {} : { 'last-event-id': id } })

async function read(runs: Runs, key: string, id?: string): Promise<{ event: string; data: string; id: string }[]> {
  return parse(await (await runs.fetch(ask(id), key)).text())
}

it('a reader without an id gets the whole run, one with an id what follows it', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  const run = await runs.start('a', words('1', '2', '3'))
  expect(await run.closed).toBe('done')
  expect(await runs.state('a')).toBe('done')
  const events = await read(runs, 'a')
  expect(events.map(({ data }) => data)).toEqual(['1', '2', '3'])
  expect(events[0]!.id).toMatch(/^[a-z0-9]+-1$/)
  expect((await read(runs, 'a', events[0]!.id)).map(({ data }) => data)).toEqual(['2', '3'])
  expect((await runs.fetch(ask(events[2]!.id), 'a')).status).toBe(204)
})

it('a reader that comes early gets what follows live', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  let goOn!: () => void
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  const run = await runs.start('a', async function* () {
    yield { data: '1' }
    await gate
    yield { event: 'more', data: { n: 2 } }
  })
  const response = await runs.fetch(ask(), 'a')
  goOn()
  expect(await run.closed).toBe('done')
  expect(parse(await response.text()).map(({ event, data }) => [event, data])).toEqual([
    ['message', '1'],
    ['more', '{"n":2}'],
  ])
})

it.each(['x', 'abc-1', '__proto__', '9'.repeat(5000), '-1', 'é'])(
  'an id that is not of the run is a reset: %.20s',
  async (id) => {
    await using cleanup = new Cleanup()
    const runs = setUp(cleanup)
    await (
      await runs.start('a', words('1', '2'))
    ).closed
    const url = `http://localhost/?lastEventId=${encodeURIComponent(id)}`
    const events = parse(await (await runs.fetch(new Request(url), 'a')).text())
    expect(events.map(({ event }) => event)).toEqual(['reset', 'message', 'message'])
  },
)

it('an id ahead of the run, or with leading zeros, is none of it', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  await (
    await runs.start('a', words('1'))
  ).closed
  const [{ id }] = (await read(runs, 'a')) as unknown as [{ id: string }]
  for (const wrong of [id.replace(/1$/, '2'), id.replace(/1$/, '01')]) {
    expect((await read(runs, 'a', wrong)).map(({ event }) => event)).toEqual(['reset', 'message'])
  }
})

it('204 for a run that ended without any event, 404 for no run', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  await (
    await runs.start('a', words())
  ).closed
  expect((await runs.fetch(ask(), 'a')).status).toBe(204)
  expect((await runs.fetch(ask(), 'b')).status).toBe(404)
  expect((await runs.fetch(ask(), 'x'.repeat(257))).status).toBe(404)
  expect((await runs.fetch(ask(undefined, 'OPTIONS'), 'a')).status).toBe(204)
  expect((await runs.fetch(ask(undefined, 'DELETE'), 'a')).status).toBe(405)
})

it.each(['a\nb', '__proto__', 'x'.repeat(256), '\ud800', ' '])('a key may be any text: %j', async (key) => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  await (
    await runs.start(key, words('1'))
  ).closed
  expect(await runs.state(key)).toBe('done')
  expect(await read(runs, key)).toHaveLength(1)
})

it.each(['', 'x'.repeat(257), 5, undefined])('a key that is none is refused: %.10s', async (key) => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  await expect(runs.start(key as string, words())).rejects.toMatchObject({ code: 'ERR_OPTION', option: 'key' })
})

it('a taken key is refused, of two starts at once exactly one wins, and the other source is given back', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  let returned = 0
  const source = (): AsyncIterable<{ data: string }> => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => (returned++, { done: true, value: undefined }),
    }),
  })
  const results = await Promise.allSettled([runs.start('a', source()), runs.start('a', source())])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'ERR_RUN_EXISTS', key: 'a' })
  expect(returned).toBe(1)
})

it('stop settles at once, aborts the source and tells readers, who stop at a 204', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  const { source, aborted } = endless()
  const run = await runs.start('a', source)
  const response = await runs.fetch(ask(), 'a')
  await new Promise((resolve) => setImmediate(resolve))
  expect(await runs.stop('a')).toBe(true)
  expect(await run.closed).toBe('stopped')
  await aborted
  const events = parse(await response.text())
  expect(events.map(({ event, data }) => [event, data])).toEqual([
    ['message', 'first'],
    ['run', '{"state":"stopped"}'],
  ])
  expect((await runs.fetch(ask(events[1]!.id), 'a')).status).toBe(204)
  expect((await read(runs, 'a', events[0]!.id)).map(({ event }) => event)).toEqual(['run'])
  expect(await runs.stop('a')).toBe(false)
})

it.each([
  ['before its first message', 0],
  ['in the middle', 2],
])('a source that throws %s fails the run', async (_, count) => {
  await using cleanup = new Cleanup()
  const errors: unknown[] = []
  const runs = setUp(cleanup, { onError: (error) => errors.push(error) })
  const run = await runs.start('a', async function* () {
    yield* words(...['1', '2'].slice(0, count))
    throw new Error('source')
  })
  expect(await run.closed).toBe('failed')
  expect(errors).toEqual([new Error('source')])
  const events = await read(runs, 'a')
  expect(events).toHaveLength(count + 1)
  expect(events.at(-1)).toMatchObject({ event: 'run', data: '{"state":"failed"}' })
})

it('an id in a message, and a run past maxBytes, fail the run', async () => {
  await using cleanup = new Cleanup()
  const errors: { code?: string }[] = []
  const runs = setUp(cleanup, { maxBytes: 1000, onError: (error) => errors.push(error as object) })
  expect(
    await (
      await runs.start('a', async function* () {
        yield { id: 'mine', data: '1' }
      })
    ).closed,
  ).toBe('failed')
  expect(
    await (
      await runs.start('b', async function* () {
        for (;;) yield { data: 'x'.repeat(100) }
      })
    ).closed,
  ).toBe('failed')
  expect(errors.map(({ code }) => code)).toEqual(['ERR_ENCODE_ID', 'ERR_RUN_TOO_LARGE'])
})

it('a run whose lease ran out is lost, its producer fenced, and its key free', async () => {
  await using cleanup = new Cleanup()
  let now = 0
  const store = createMemoryStore(() => now)
  const runs = setUp(cleanup, { store, lease: 60_000 })
  const { source } = endless()
  const run = await runs.start('a', source)
  await new Promise((resolve) => setTimeout(resolve, 5))
  now += 60_001
  expect(await runs.state('a')).toBe('lost')
  expect(await run.closed).toBe('lost')
  expect((await read(runs, 'a')).at(-1)).toMatchObject({ event: 'run', data: '{"state":"lost"}' })
  const again = await runs.start('a', words('again'))
  expect(await again.closed).toBe('done')
})

it('a reader elsewhere is told of a process that died before its first message', async () => {
  await using cleanup = new Cleanup()
  let now = 0
  const shared = createMemoryStore(() => now)
  // What a killed process would do last: nothing.
  await shared.claim('a', { token: 'a', lease: 60, keep: 60_000 })
  const runs = setUp(cleanup, { store: shared, lease: 60 })
  const response = await runs.fetch(ask(), 'a')
  now += 61
  expect(parse(await response.text())).toMatchObject([{ event: 'run', data: '{"state":"lost"}' }])
})

it('a store that fails in the middle fails the run and its readers are told', async () => {
  await using cleanup = new Cleanup()
  const store = createMemoryStore(() => performance.now())
  let isDown = false
  const failing: RunStore = {
    ...store,
    append: (...all) => (isDown ? Promise.reject(new Error('down')) : store.append(...all)),
    end: (...all) => (isDown ? Promise.reject(new Error('down')) : store.end(...all)),
  }
  const errors: unknown[] = []
  const runs = setUp(cleanup, { store: failing, lease: 200, onError: (error) => errors.push(error) })
  let goOn!: () => void
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  const run = await runs.start('a', async function* () {
    yield { data: '1' }
    await gate
    yield { data: '2' }
  })
  const response = await runs.fetch(ask(), 'a')
  await new Promise((resolve) => setTimeout(resolve, 20))
  isDown = true
  goOn()
  expect(await run.closed).toBe('failed')
  isDown = false
  expect(parse(await response.text()).map(({ data }) => data)).toEqual(['1', '{"state":"failed"}'])
  expect(errors).toEqual([new Error('down')])
})

it('compact stands for the first part, for a reader that has nothing', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup, { compact: (messages) => ({ data: messages.map(({ data }) => data).join('') }) })
  await (
    await runs.start('a', words('He', 'll', 'o'))
  ).closed
  const events = await read(runs, 'a')
  expect(events.map(({ data }) => data)).toEqual(['Hello'])
  expect((await runs.fetch(ask(events[0]!.id), 'a')).status).toBe(204)
})

it('the oldest ended run goes first where the memory store is full', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup, { store: createMemoryStore(() => performance.now(), 10_000) })
  for (const key of ['a', 'b', 'c']) await (await runs.start(key, words('x'.repeat(3500)))).closed
  expect([await runs.state('a'), await runs.state('b'), await runs.state('c')]).toEqual([undefined, 'done', 'done'])
})

it('a run is gone after keep, and forget drops it before', async () => {
  await using cleanup = new Cleanup()
  let now = 0
  const runs = setUp(cleanup, { store: createMemoryStore(() => now), keep: 1000 })
  await (
    await runs.start('a', words('1'))
  ).closed
  now = 1001
  expect(await runs.state('a')).toBeUndefined()
  await (
    await runs.start('b', words('1'))
  ).closed
  await runs.forget('b')
  expect(await runs.state('b')).toBeUndefined()
})

it('close ends runs as lost and their readers, and starts nothing more', async () => {
  const runs = createRuns(silent)
  const { source } = endless()
  const run = await runs.start('a', source)
  const response = await runs.fetch(ask(), 'a')
  await runs.close()
  expect(await run.closed).toBe('lost')
  expect((await response.text()).includes('"lost"')).toBe(true)
  await expect(runs.start('b', words())).rejects.toMatchObject({ code: 'ERR_RUNS_CLOSED' })
})

it('a reader that never reads costs its own connection and nothing else', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  const response = await (async () => {
    const run = await runs.start('a', words(...Array.from({ length: 60 }, () => 'x'.repeat(50_000))))
    const stuck = await runs.fetch(ask(), 'a')
    expect(await run.closed).toBe('done')
    return stuck
  })()
  expect(await read(runs, 'a')).toHaveLength(60)
  expect(parse(await response.text())).toHaveLength(60)
})

it('over node:http, with node used unbound', async () => {
  await using cleanup = new Cleanup()
  const { node, start } = setUp(cleanup)
  await using server = await serve((req, res) => node(req, res, req.url!), createServer())
  await start('/', words('1', '2'))
  const response = await fetch(server.url)
  expect(parse(await response.text()).map(({ data }) => data)).toEqual(['1', '2'])
})
