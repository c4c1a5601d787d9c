import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect } from 'vitest'
import { parse } from '../../../src/parser/parse.js'
import { Random } from '../random.js'
import { OPEN_DATABASE, RUNTIMES } from '../sqlite.js'

const RUNS = 10
const READERS = 5
const WORDS = 30
/** Milliseconds from a `stop` in one process to the abort of the source in another. */
const STOP = 250
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * A server of runs. It says its port, which runs were aborted and how they ended, and ends by itself when it is told to
 * close. As a `blocker` it holds the lock of the file until it is killed.
 */
const PROGRAM = `
import { createServer } from 'node:http'
import { createRuns } from './src/runs/create-runs.js'
import { redisRuns } from './src/redis/redis-runs.js'
import { sqliteRuns } from './src/sqlite/sqlite-runs.js'
${OPEN_DATABASE}
const [kind, runtimes, place, role] = process.argv.slice(2)
const say = (message) => process.connected && process.send(message)
let database
async function openStore() {
  if (kind === 'redis') {
    const { Redis } = await import('ioredis')
    const client = new Redis(Number(place), { lazyConnect: true })
    return redisRuns({ client, prefix: 'proof:', timeoutMs: 5000 })
  }
  database = await openDatabase(kind, runtimes, place)
  database.exec('PRAGMA busy_timeout = 0')
  return sqliteRuns({ database })
}
const store = await openStore()
if (role === 'blocker') {
  for (let isHeld = false; !isHeld; ) {
    try {
      database.exec('BEGIN IMMEDIATE')
      isHeld = true
    } catch {}
  }
  setInterval(() => {}, 1000)
  say({ port: 1 })
} else {
  const runs = createRuns({ store, lease: 2000, keep: 15_000, onError() {} })
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const server = createServer(async (req, res) => {
    const url = new URL(req.url, 'http://localhost')
    const key = url.pathname.slice(1)
    if (req.method === 'GET') return runs.node(req, res, key)
    if (req.method === 'DELETE') return res.end(String(await runs.stop(key)))
    const words = Number(url.searchParams.get('words'))
    try {
      const run = await runs.start(key, async function* () {
        for (let n = 1; n <= words; n++) {
          await wait(Math.random() * 60)
          yield { data: String(n) }
        }
      })
      run.signal.addEventListener('abort', () => say({ aborted: key }))
      run.closed.then((state) => say({ closed: key, state }))
      res.end()
    } catch ({ code }) {
      res.writeHead(code === 'ERR_RUN_EXISTS' ? 409 : 500).end(code)
    }
  })
  server.listen(0, '127.0.0.1', () => say({ port: server.address().port }))
  process.once('message', async () => {
    server.close()
    await runs.close()
    database?.close()
    process.disconnect()
  })
}
`

interface Said {
  readonly port?: number
  readonly aborted?: string
  readonly closed?: string
  readonly state?: string
}

class Server {
  port = 0
  readonly aborted = new Set<string>()
  /** How runs of this process ended, by key. */
  readonly closed = new Map<string, string>()
  readonly child: ChildProcess

  constructor(execPath: string, file: string, words: readonly string[]) {
    this.child = fork(file, words, { execPath, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child.on('message', ({ port, aborted, closed, state }: Said) => {
      if (port) this.port = port
      if (aborted) this.aborted.add(aborted)
      if (closed) this.closed.set(closed, state!)
    })
  }

  url(key: string): string {
    return `http://127.0.0.1:${this.port}/${key}`
  }

  async ready(): Promise<this> {
    while (this.port === 0) await once(this.child, 'message')
    return this
  }
}

interface Trace {
  readonly words: number
  readonly told: string | undefined
}

/** Where runs are kept, and what runs the servers. */
export interface RunsPlace {
  /** `redis`, or the library of a SQLite. */
  readonly kind: string
  readonly runner: string
  /** The port of Redis, or the path of the file. */
  readonly place: string
}

/** Three servers of the same runs, each a process of its own, and readers that go from one to another. */
export class RunsProcesses {
  readonly servers: Server[] = []
  private readonly _place: RunsPlace
  private readonly _program = join(ROOT, `.tests/runs-${process.pid}.mjs`)
  private readonly _random = new Random(1)
  private readonly _others: Server[] = []

  private constructor(place: RunsPlace) {
    this._place = place
  }

  static async start(place: RunsPlace): Promise<RunsProcesses> {
    const processes = new RunsProcesses(place)
    await build({
      stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'js' },
      bundle: true,
      packages: 'external',
      external: ['bun:sqlite'],
      platform: 'node',
      format: 'esm',
      outfile: processes._program,
    })
    processes.servers.push(...(await Promise.all(Array.from({ length: 3 }, () => processes._launch()))))
    return processes
  }

  async end(): Promise<void> {
    for (const { child } of [...this.servers, ...this._others]) child.kill('SIGKILL')
    await rm(this._program, { force: true })
  }

  /**
   * Waves of ten runs with five readers each. In each wave a process is killed in the middle. Gives how many readers were
   * told that their run is lost.
   */
  async playWaves(waves: number): Promise<number> {
    let lost = 0
    for (let wave = 0; wave < waves; wave++) {
      const reading: Promise<Trace>[] = []
      for (let n = 0; n < RUNS; n++) {
        const key = `${wave}-${n}`
        await this._post(this._random.pick(this.servers), key, WORDS)
        for (let reader = 0; reader < READERS; reader++) reading.push(this.read(key))
      }
      const killing = this._killOne()
      const results = await Promise.all(reading)
      await killing
      for (const { words, told } of results) {
        expect(told === undefined ? words : told).toBe(told === undefined ? WORDS : 'lost')
        if (told !== undefined) lost++
      }
      for (let n = 0; n < RUNS; n++) {
        const ofRun = results.slice(n * READERS, (n + 1) * READERS)
        expect(new Set(ofRun.map((result) => JSON.stringify(result))).size, 'all readers agree').toBe(1)
      }
    }
    return lost
  }

  /** Starts each key in all processes at once. Exactly one has it, and all give the same run to readers. */
  async startAtOnce(keys: number): Promise<void> {
    for (let n = 0; n < keys; n++) {
      const key = `race-${n}`
      const statuses = await Promise.all(this.servers.map(async (server) => (await this._post(server, key, 3)).status))
      expect([200, 409].map((code) => statuses.filter((status) => status === code).length)).toEqual([1, 2])
      const texts = await Promise.all(this.servers.map(async (server) => (await fetch(server.url(key))).text()))
      expect(new Set(texts.map((text) => text.match(/^(id|data): .*$/gm)!.join())).size).toBe(1)
      expect(texts[0]).toContain('data: 3\n')
      expect(this.servers.filter(({ closed }) => closed.has(key)).length).toBeLessThanOrEqual(1)
    }
  }

  /**
   * Stops runs of one process from another one, ten in a batch. The median of a batch is what is held to the bound; a
   * machine that is busy with something else gets some batches.
   */
  async stopFromElsewhere(): Promise<void> {
    const [here, there] = this.servers as [Server, Server]
    const medians: number[] = []
    for (let batch = 0; batch < 5 && !(medians.at(-1)! < STOP); batch++) {
      const times: number[] = []
      for (let round = 0; round < 10; round++) {
        const key = `stop-${batch}-${round}`
        await this._post(here, key, 1000)
        const began = performance.now()
        const aborted = (async () => {
          while (!here.aborted.has(key)) await once(here.child, 'message')
        })()
        expect(await (await fetch(there.url(key), { method: 'DELETE' })).text()).toBe('true')
        await aborted
        times.push(performance.now() - began)
        await expect.poll(() => here.closed.get(key), { timeout: 30_000 }).toBe('stopped')
      }
      times.sort((a, b) => a - b)
      medians.push(times[5]!)
      const [median, most] = [times[5]!, times[9]!].map((ms) => ms.toFixed(0))
      console.log(`${this._place.kind}: stop from another process: ${median} ms in the median, ${most} ms at most`)
    }
    expect(medians.at(-1), `medians of ${medians.length} batches`).toBeLessThan(STOP)
  }

  /**
   * The store is broken in the middle of a run, by `damage`, and mended. The run fails, and readers at its process and at
   * another one are told, or sent away where nothing is left of it. Gives what the two readers had.
   */
  async breakStore(damage: () => Promise<() => Promise<void>>): Promise<(string | number)[]> {
    const [here, there] = this.servers as [Server, Server]
    const key = 'broken'
    await this._post(here, key, 1000)
    const starts = await Promise.all([here, there].map((server) => fetch(server.url(key))))
    const readings = starts.map((response) => response.text())
    const mend = await damage()
    // Where the store is away for longer than the lease, the run is lost before it has failed.
    await expect.poll(() => here.closed.get(key), { timeout: 60_000 }).toMatch(/^(failed|lost)$/)
    await mend()
    const texts = await Promise.all(readings)
    return Promise.all(
      [here, there].map(async (server, index) => {
        const told = /"state":"(\w+)"/.exec(texts[index]!)?.[1]
        if (told) return told
        // Let go, it asks again, and once more where the process has not got hold of the store yet.
        for (;;) {
          const response = await fetch(server.url(key))
          const text = await response.text()
          const state = /"state":"(\w+)"/.exec(text)?.[1]
          if (state ?? (response.status === 404 || response.status === 204)) return state ?? response.status
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }),
    )
  }

  /** A process that holds the lock of the file until it is killed. */
  async block(): Promise<() => Promise<void>> {
    const { child } = await this._launch('blocker')
    return async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
  }

  /** Tells all processes to close, and waits for each to end by itself. */
  async close(): Promise<void> {
    const exits = this.servers.map(({ child }) => once(child, 'exit'))
    for (const { child } of this.servers) child.send('close')
    expect(await Promise.all(exits)).toEqual(this.servers.map(() => [0, null]))
  }

  /** As a page does it: until a 204 says that nothing follows. Comes, leaves, reloads and changes the server at random. */
  async read(key: string): Promise<Trace> {
    let words = 0
    let told: string | undefined
    let id = ''
    for (;;) {
      const leaving = new AbortController()
      const timer = this._random.chance(0.5) ? setTimeout(() => leaving.abort(), this._random.int(0, 500)) : undefined
      let text = ''
      try {
        const headers = id ? { 'last-event-id': id } : undefined
        const response = await fetch(this._random.pick(this.servers).url(key), { headers, signal: leaving.signal })
        if (response.status === 204) return { words, told }
        if (response.status !== 200 && response.status !== 503) throw new Error(`The answer was ${response.status}.`)
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk
      } catch (error) {
        if ((error as Error).message.startsWith('The answer')) throw error
      } finally {
        clearTimeout(timer)
      }
      for (const event of parse(text, { lastEventId: id })) {
        id = event.id
        if (event.event === 'run') told = (JSON.parse(event.data) as { state: string }).state
        else if (event.data === String(words + 1)) words++
        else throw new Error(`${event.event} ${event.data} came after ${words} words of ${key}.`)
      }
      if (this._random.chance(0.1)) {
        words = 0
        id = ''
        told = undefined
      }
      await new Promise((resolve) => setTimeout(resolve, this._random.int(0, 100)))
    }
  }

  private _launch(role = 'server'): Promise<Server> {
    const { kind, runner, place } = this._place
    const server = new Server(runner, this._program, [kind, RUNTIMES, place, role])
    this._others.push(server)
    return server.ready()
  }

  private _post(server: Server, key: string, words: number): Promise<Response> {
    return fetch(`${server.url(key)}?words=${words}`, { method: 'POST' })
  }

  private async _killOne(): Promise<void> {
    const at = this._random.int(0, this.servers.length - 1)
    this.servers[at]!.child.kill('SIGKILL')
    this.servers[at] = await this._launch()
  }
}
