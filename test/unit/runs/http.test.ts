import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from '../../../src/parser/parse.js'
import { createRuns } from '../../../src/runs/create-runs.js'
import { createMemoryStore } from '../../../src/runs/memory-store.js'
import { resolveRunsOptions, type RunsOptions } from '../../../src/runs/runs-options.js'
import { runsOver } from '../../../src/runs/runs-over.js'
import type { RunStore } from '../../../src/runs/run-store.js'
import type { Runs } from '../../../src/runs/runs.js'
import { Random } from '../../support/random.js'
import { SimScheduler } from '../../support/channel/sim-scheduler.js'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { rawGet, serve, until } from '../../support/servers/http.js'
import { LeakCount } from '../../support/leaks/leaks.js'

let leaks: LeakCount
beforeEach(() => {
  leaks = new LeakCount()
})
afterEach(() => {
  try {
    leaks.expectNone()
  } finally {
    leaks[Symbol.dispose]()
  }
})

const errors: unknown[] = []

function setUp(cleanup: Cleanup, options: RunsOptions = {}): Runs {
  errors.length = 0
  const runs = createRuns({ onError: (error) => errors.push(error), ...options })
  cleanup.defer(() => runs.close())
  return runs
}

const ask = (headers: Record<string, string> = {}, method = 'GET'): Request =>
  new Request('http://localhost/', { method, headers })

async function* words(...all: string[]): AsyncGenerator<{ data: string }> {
  for (const data of all) yield { data }
}

/** A source that says one word, and goes on when it is told to. */
function held(): { source: () => AsyncGenerator<{ data: string }>; goOn: () => void } {
  let goOn!: () => void
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  return {
    goOn,
    async *source() {
      yield { data: '1' }
      await gate
      yield { data: '2' }
    },
  }
}

const dataOf = async (response: Response): Promise<string[]> => parse(await response.text()).map(({ data }) => data)

it('HEAD has the status and the head that GET has, and no body; QUERY and POST are answered as GET is', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  const { source, goOn } = held()
  const run = await runs.start('a', source)
  for (const end of [() => {}, goOn]) {
    end()
    if (end === goOn) await run.closed
    const [head, get] = [await runs.fetch(ask({}, 'HEAD'), 'a'), await runs.fetch(ask(), 'a')]
    expect(head.status).toBe(200)
    expect(head.body).toBeNull()
    expect([...head.headers]).toEqual([...get.headers])
    await get.body!.cancel()
  }
  const [last] = parse(await (await runs.fetch(ask(), 'a')).text()).slice(-1)
  for (const method of ['GET', 'HEAD', 'POST', 'QUERY']) {
    expect((await runs.fetch(ask({ 'last-event-id': last!.id }, method), 'a')).status).toBe(204)
    const unknown = await runs.fetch(ask({}, method), 'b')
    expect([unknown.status, await unknown.text()]).toEqual([404, method === 'HEAD' ? '' : 'Not Found\n'])
  }
  expect(await dataOf(await runs.fetch(ask({}, 'POST'), 'a'))).toEqual(['1', '2'])
})

it('cors stands on every answer, and a preflight is answered', async () => {
  await using cleanup = new Cleanup()
  const origin = 'https://example.com'
  const runs = setUp(cleanup, { cors: { origin }, headers: { 'x-mine': 'yes' } })
  await (
    await runs.start('a', words('1'))
  ).closed
  const answers = [
    await runs.fetch(ask({ origin }), 'a'),
    await runs.fetch(ask({ origin }), 'unknown'),
    await runs.fetch(ask({ origin }, 'DELETE'), 'a'),
    await runs.fetch(ask({ origin, 'access-control-request-method': 'GET' }, 'OPTIONS'), 'a'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 405, 204])
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-origin')).toBe(origin)
    expect(headers.get('x-mine')).toBe('yes')
  }
  expect(answers[3]!.headers.get('access-control-allow-headers')).toContain('last-event-id')
  expect(answers[2]!.headers.get('allow')).toContain('GET')
  await answers[0]!.body!.cancel()
})

it('what is no request, and a key that is no string, say what to pass', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  await expect(runs.fetch({ req: ask() } as never, 'a')).rejects.toMatchObject({ code: 'ERR_OPTION' })
  await expect(runs.node(ask() as never, {} as never, 'a')).rejects.toMatchObject({ code: 'ERR_OPTION', option: 'req' })
  await expect(runs.fetch(ask(), undefined as never)).rejects.toMatchObject({ code: 'ERR_OPTION', option: 'key' })
})

it('heartbeats come while the source says nothing', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup, { heartbeat: 20 })
  const { source, goOn } = held()
  await runs.start('a', source)
  const body = (await runs.fetch(ask(), 'a')).body!.pipeThrough(new TextDecoderStream())
  let text = ''
  for await (const chunk of body) {
    text += chunk
    if ((text.match(/^: ?$/gm)?.length ?? 0) > 3) goOn()
  }
  expect(parse(text).map(({ data }) => data)).toEqual(['1', '2'])
})

it('a reader that takes nothing for 30 seconds is let go; one that reads is not, nor is the source slowed', async () => {
  const clock = new SimScheduler(new Random(1))
  const settings = resolveRunsOptions({ heartbeat: 0, lease: 100_000 })
  const runs = runsOver(
    settings,
    createMemoryStore(() => clock.now()),
    clock,
  )
  const run = await runs.start('a', words(...Array.from({ length: 40 }, () => 'x'.repeat(50_000))))
  const stuck = await runs.fetch(ask(), 'a')
  const reader = await runs.fetch(ask(), 'a')
  const got = dataOf(reader)
  for (let turn = 0; turn < 200; turn++) {
    clock.turn()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await run.closed).toBe('done')
  expect(await got).toHaveLength(40)
  for (let second = 0; second < 50; second++) clock.advance(1000)
  await expect(stuck.text()).rejects.toThrow('cut')
  await runs.close()
  expect(clock.timers).toBe(0)
})

it('over HTTP/2, with the session let go when the runs close', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  const { source, goOn } = held()
  await runs.start('a', source)
  const server = createHttp2Server((req, res) => void runs.node(req, res, 'a')).listen(0)
  await once(server, 'listening')
  const session = connectHttp2(`http://localhost:${(server.address() as { port: number }).port}`)
  const stream = session.request({ ':path': '/' })
  const [head] = (await once(stream, 'response')) as [Record<string, string>]
  expect(head[':status']).toBe(200)
  expect(head['content-type']).toBe('text/event-stream')
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await until(() => text.includes('data: 1'), 'the first word')
  const closed = once(server, 'close')
  server.close()
  goOn()
  await once(stream, 'end')
  expect(parse(text).map(({ data }) => data)).toEqual(['1', '2'])
  await runs.close()
  await closed
  session.destroy()
})

it.each(['no-such-id', '-12345', '\u00ff\u00fe', '%00', 'a'.repeat(8000), '{"__proto__":1}'])(
  'a hostile Last-Event-ID in the header is answered with a reset and the whole run: %.20s',
  async (id) => {
    await using cleanup = new Cleanup()
    const runs = setUp(cleanup)
    await (
      await runs.start('/', words('1'))
    ).closed
    await using server = await serve((req, res) => runs.node(req, res, req.url!), createServer())
    const socket = await rawGet(server.port, { 'last-event-id': id, connection: 'close' })
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    await once(socket, 'close')
    const head = text.slice(0, text.indexOf('\r\n\r\n'))
    expect(head).toMatch(/^HTTP\/1.1 200 /)
    expect(head).not.toContain(id)
    expect(text).toMatch(/event: reset\n[^]*data: 1\n/)
  },
)

it.each([
  ['an error', () => new Error('after')],
  ['what its signal was aborted with', () => undefined],
])('a source that throws %s after stop changes nothing', async (_, make) => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  let thrown!: () => void
  const hasThrown = new Promise<void>((resolve) => (thrown = resolve))
  const run = await runs.start('a', async function* ({ signal }) {
    yield { data: '1' }
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    thrown()
    throw make() ?? signal.reason
  })
  await until(() => true)
  expect(await runs.stop('a')).toBe(true)
  expect(await run.closed).toBe('stopped')
  await hasThrown
  await new Promise((resolve) => setImmediate(resolve))
  expect(await runs.state('a')).toBe('stopped')
  expect(errors).toEqual(make() ? [new Error('after')] : [])
})

it('of two processes that start at once exactly one wins, and both have its readers', async () => {
  await using cleanup = new Cleanup()
  const store = createMemoryStore(() => performance.now())
  const all = [setUp(cleanup, { store }), setUp(cleanup, { store })]
  for (let round = 0; round < 20; round++) {
    const key = `k${round}`
    const outcomes = await Promise.allSettled(all.map((runs, at) => runs.start(key, words(String(at)))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
    for (const runs of all) expect(await dataOf(await runs.fetch(ask(), key))).toEqual([String(winner)])
  }
})

it('close({ drain }) lets runs end, refuses newcomers in a way that brings them back, and ends the rest as lost', async () => {
  const errorsOf: unknown[] = []
  const runs = createRuns({ retry: 100, onError: (error) => errorsOf.push(error) })
  const [soon, never] = [held(), held()]
  const ending = await runs.start('soon', soon.source)
  const lasting = await runs.start('never', never.source)
  const [first, second] = [await runs.fetch(ask(), 'soon'), await runs.fetch(ask(), 'never')]
  const closed = runs.close({ drain: 300 })
  soon.goOn()
  expect(await ending.closed).toBe('done')
  const late = await runs.fetch(ask({ accept: 'text/event-stream' }), 'never')
  expect([late.status, await late.text()]).toEqual([200, expect.stringMatching(/^retry: \d+\n\n$/)])
  const other = await runs.fetch(ask(), 'never')
  expect([other.status, other.headers.get('retry-after')]).toEqual([503, '1'])
  await expect(runs.start('new', words())).rejects.toMatchObject({ code: 'ERR_RUNS_CLOSED' })
  expect(await lasting.closed).toBe('lost')
  expect(await dataOf(first)).toEqual(['1', '2'])
  expect(await dataOf(second)).toEqual(['1', '{"state":"lost"}'])
  await closed
  expect(runs.close()).toStrictEqual(closed)
  never.goOn()
  expect(errorsOf).toEqual([])
})

it('forget while the run goes on: readers are told, and the key is free', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  const { source, goOn } = held()
  const run = await runs.start('a', source)
  const response = await runs.fetch(ask(), 'a')
  await until(() => true)
  await runs.forget('a')
  expect(await run.closed).toBe('stopped')
  expect((await dataOf(response)).at(-1)).toBe('{"state":"stopped"}')
  expect(await runs.state('a')).toBeUndefined()
  expect((await runs.fetch(ask(), 'a')).status).toBe(404)
  expect(await (await runs.start('a', words('2'))).closed).toBe('done')
  goOn()
})

it('a store that cannot be asked: readers are sent away for a while, and callers get its error', async () => {
  await using cleanup = new Cleanup()
  const down = (): never => {
    throw new Error('down')
  }
  const store: RunStore = { ...createMemoryStore(() => 0), claim: down, read: down, end: down }
  const runs = setUp(cleanup, { store })
  expect((await runs.fetch(ask(), 'a')).status).toBe(503)
  const response = await runs.fetch(ask({ accept: 'text/event-stream' }), 'a')
  expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/^retry: \d+\n\n$/)])
  expect(errors).toEqual([new Error('down'), new Error('down')])
  for (const call of [() => runs.start('a', words()), () => runs.state('a'), () => runs.stop('a')]) {
    await expect(call()).rejects.toThrow('down')
  }
})

it('a store that fails while a reader catches up is asked again, four times a second at most', async () => {
  await using cleanup = new Cleanup()
  const store = createMemoryStore(() => performance.now())
  let reads = 0
  const failing: RunStore = {
    ...store,
    read: (key, count) => {
      reads++
      if (reads > 1 && reads < 4) throw new Error('down')
      return store.read(key, count)
    },
  }
  await (
    await setUp(cleanup, { store }).start('a', words('1'))
  ).closed
  const runs = setUp(cleanup, { store: failing })
  const began = performance.now()
  expect(await dataOf(await runs.fetch(ask(), 'a'))).toEqual(['1'])
  expect(reads).toBeLessThanOrEqual(6)
  // Two failures, each of which is waited after.
  expect(performance.now() - began).toBeGreaterThan(400)
})

it('10,000 ended runs stay within the bound of the memory store, and cost one timer in all', async () => {
  await using cleanup = new Cleanup()
  const runs = setUp(cleanup)
  for (let n = 0; n < 10_000; n += 100) {
    const batch = Array.from({ length: 100 }, (_, at) => runs.start(`k${n + at}`, words('x'.repeat(10_000))))
    await Promise.all((await Promise.all(batch)).map(({ closed }) => closed))
  }
  await until(() => leaks.timers.size <= 1, 'one timer')
  // 100 MB were said, 64 MiB are kept: the oldest are gone, the newest are there.
  expect([await runs.state('k0'), await runs.state('k9999')]).toEqual([undefined, 'done'])
  let kept = 0
  for (let n = 0; n < 10_000; n++) if ((await runs.state(`k${n}`)) === 'done') kept++
  expect(kept).toBeGreaterThan(5000)
  expect(kept).toBeLessThan(6700)
}, 120_000)

it('a reader that leaves before it was answered leaves nothing', async () => {
  await using cleanup = new Cleanup()
  const store = createMemoryStore(() => performance.now())
  const waiting: (() => void)[] = []
  const slow: RunStore = {
    ...store,
    read: (key, count) => new Promise((resolve) => waiting.push(() => resolve(store.read(key, count)))),
  }
  const runs = setUp(cleanup, { store: slow })
  const { source, goOn } = held()
  const run = await runs.start('/', source)
  const seen: IncomingMessage[] = []
  await using server = await serve((req, res) => {
    seen.push(req)
    return runs.node(req, res, req.url!)
  }, createServer())
  const socket = await rawGet(server.port)
  await until(() => waiting.length === 1, 'the question to the store')
  socket.destroy()
  await until(() => seen[0]!.destroyed, 'the reader being gone')
  const leaving = new AbortController()
  const web = runs.fetch(new Request('http://localhost/', { signal: leaving.signal }), '/')
  leaving.abort()
  for (const goOnReading of waiting.splice(0)) goOnReading()
  expect(await (await web).text()).toBe('')
  goOn()
  expect(await run.closed).toBe('done')
})
