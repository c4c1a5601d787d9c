import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { freePort } from '../../scripts/lib/free-port.mjs'
import { OPEN_DATABASE, RUNNERS, RUNTIMES, scratchFile } from '../support/sqlite.js'

const READERS = 3
const LAST = 'last'
/** Bytes that a file, or the disk, may have. */
const ROOM = 1024 * 1024

/** A server of one channel. `POST /?count=n&size=n&name=text` publishes events in one turn, and tells how each went. */
const PROGRAM = `
import { createServer } from 'node:http'
import { createChannel } from './src/server/channel/create-channel.js'
import { sqliteHistory } from './src/sqlite/sqlite-history.js'
${OPEN_DATABASE}
const [kind, runtimes, file, port, role] = process.argv.slice(2)
const database = await openDatabase(kind, runtimes, file)
database.exec('PRAGMA busy_timeout = 100')
if (role === 'blocker') {
  database.exec('BEGIN IMMEDIATE')
  database.exec("DELETE FROM eventwire_events")
  console.log('ready')
  setInterval(() => {}, 1000)
} else {
  const channel = createChannel({
    transport: sqliteHistory({ database }),
    history: { size: 1_000_000, maxBytes: 1e9 },
    onError() {},
  })
  const publish = async (data) => {
    try {
      return { data, id: await channel.publish('n', data) }
    } catch ({ code, published }) {
      return { data, code, published }
    }
  }
  createServer(async (req, res) => {
    const url = new URL(req.url, 'http://localhost')
    if (req.method === 'GET' && url.pathname === '/') return channel.node(req, res)
    if (req.method === 'GET') {
      const [row] = database.prepare('PRAGMA integrity_check').all()
      return res.end(JSON.stringify({ connections: channel.connections, integrity: row.integrity_check }))
    }
    const [count, size] = ['count', 'size'].map((name) => Number(url.searchParams.get(name)))
    const name = url.searchParams.get('name')
    const all = Array.from({ length: count }, (_, n) => publish(count === 1 ? name : name + '.' + n + 'x'.repeat(size)))
    res.end(JSON.stringify(await Promise.all(all)))
  }).listen(Number(port), '127.0.0.1', () => console.log('ready'))
}
`

interface Outcome {
  readonly data: string
  readonly id?: string
  readonly code?: string
  readonly published?: string
}

/** A file of a channel, and processes that use it. */
class Stage {
  readonly folder: string
  readonly path: string
  readonly kind: string
  readonly _program: string
  readonly _port: number

  private constructor(kind: string, { folder, path }: { folder: string; path: string }, port: number) {
    this.kind = kind
    this.folder = folder
    this.path = path
    this._program = join(folder, 'program.mjs')
    this._port = port
  }

  static async open(kind: string): Promise<Stage> {
    const scratch = scratchFile()
    onTestFinished(scratch.remove)
    const stage = new Stage(kind, scratch, await freePort())
    const resolveDir = fileURLToPath(new URL('../..', import.meta.url))
    const stdin = { contents: PROGRAM, resolveDir }
    const outfile = stage._program
    await build({
      stdin,
      outfile,
      bundle: true,
      external: ['bun:sqlite'],
      platform: 'node',
      format: 'esm',
      target: 'node20',
    })
    return stage
  }

  get url(): string {
    return `http://127.0.0.1:${this._port}/`
  }

  /** @param before Shell words that come first, as a limit. */
  async start(role: 'server' | 'blocker', path = this.path, before = ''): Promise<ChildProcess> {
    const words = [RUNNERS.get(this.kind)!, this._program, this.kind, RUNTIMES, path, String(this._port), role]
    const child = spawn('sh', ['-c', `${before} exec "$@"`, 'sh', ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => end(child))
    await once(createInterface(child.stdout!), 'line')
    return child
  }

  async publish(name: string, count = 1, size = 0): Promise<Outcome[]> {
    const response = await fetch(
      `${this.url}?${new URLSearchParams({ name, count: String(count), size: String(size) })}`,
      {
        method: 'POST',
      },
    )
    return (await response.json()) as Outcome[]
  }

  async state(): Promise<{ connections: number; integrity: string }> {
    return (await (await fetch(`${this.url}state`)).json()) as { connections: number; integrity: string }
  }

  /** Reads until the last event, over restarts. Anything but an event of the channel shows in what it gives. */
  async read(lastEventId?: string): Promise<string[]> {
    const got: string[] = []
    const options = { backoff: { min: 10, max: 100 }, ...(lastEventId === undefined ? {} : { lastEventId }) }
    for await (const { event, data } of connect(this.url, options)) {
      if (data === LAST) break
      got.push((event as string) === 'n' ? data : `${event} ${data}`)
    }
    return got
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Where the file lies, with no room for more than a little. */
interface Disk {
  readonly path: string
  /** Shell words before the program. */
  readonly limit: string
  /** Makes room. */
  free(pid: number): void
}

const DISKS: Record<string, (stage: Stage) => Disk | undefined> = {
  // Blocks of 512 or 1024 bytes, as the shell counts.
  'a limit of the size of a file': (stage) => {
    if (process.platform !== 'linux') return undefined
    return {
      path: stage.path,
      limit: `ulimit -S -f ${ROOM / 1024};`,
      free: (pid) => void execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited']),
    }
  },
  'a disk that is full': (stage) => {
    const mounted = join(stage.folder, 'disk')
    mkdirSync(mounted)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${2 * ROOM}`, 'tmpfs', mounted], { stdio: 'ignore' })
    } catch {
      return undefined
    }
    onTestFinished(() => void execFileSync('umount', ['--lazy', mounted]))
    const filler = join(mounted, 'filler')
    writeFileSync(filler, Buffer.alloc(ROOM))
    return { path: join(mounted, 'events.db'), limit: '', free: () => rmSync(filler) }
  },
}

describe.each([...RUNNERS.keys()])('sqliteHistory over %s, in a process of its own', (kind) => {
  it.each(Object.entries(DISKS))(
    '%s: publish rejects, readers stay, nothing is half written, and it goes on when there is room',
    { timeout: 120_000 },
    async (name, place) => {
      const stage = await Stage.open(kind)
      const disk = place(stage)
      if (!disk) return console.log(`${name}: cannot be had here.`)
      const first = await stage.start('server', disk.path, disk.limit)
      const readers = Array.from({ length: READERS }, () => stage.read())
      await expect.poll(async () => (await stage.state()).connections, { timeout: 30_000 }).toBe(READERS)
      const kept: Outcome[] = []
      const refused: Outcome[] = []
      // Some more once it is full: each is kept or refused, and the ten of a turn share what they get.
      for (let round = 0; refused.length < 50; round++) {
        const outcomes = await stage.publish(`round ${round}`, 10, 8000)
        expect(new Set(outcomes.map(({ code }) => code)).size, 'one transaction').toBe(1)
        for (const outcome of outcomes) (outcome.id === undefined ? refused : kept).push(outcome)
      }
      expect(kept.length).toBeGreaterThan(0)
      for (const outcome of refused) expect(outcome).toMatchObject({ code: 'ERR_SQLITE_FAILED', published: 'no' })
      expect(await stage.state()).toEqual({ connections: READERS, integrity: 'ok' })

      disk.free(first.pid!)
      kept.push(...(await stage.publish('there is room')))
      expect(kept.at(-1)!.id).toBeDefined()
      await end(first)
      await stage.start('server', disk.path)
      kept.push(...(await stage.publish('after a restart')))
      const again = stage.read(kept[0]!.id!)
      expect((await stage.publish(LAST))[0]!.id).toBeDefined()
      const all = kept.map(({ data }) => data)
      for (const trace of await Promise.all(readers)) expect(trace).toEqual(all)
      expect(await again).toEqual(all.slice(1))
      expect((await stage.state()).integrity).toBe('ok')
    },
  )

  it(
    'another process holds the lock: publish rejects, readers stay, and it goes on when that one is killed',
    { timeout: 120_000 },
    async () => {
      const stage = await Stage.open(kind)
      await stage.start('server')
      const readers = Array.from({ length: READERS }, () => stage.read())
      await expect.poll(async () => (await stage.state()).connections, { timeout: 30_000 }).toBe(READERS)
      const kept = await stage.publish('before', 10)
      const blocker = await stage.start('blocker')
      for (const outcome of await stage.publish('locked', 10)) {
        expect(outcome).toMatchObject({ code: 'ERR_SQLITE_FAILED', published: 'no' })
      }
      // What is asked meanwhile is answered from what is there.
      const again = stage.read(kept[0]!.id!)
      await expect.poll(async () => (await stage.state()).connections, { timeout: 30_000 }).toBe(READERS + 1)
      // In the middle of a transaction, which leaves nothing.
      await end(blocker)
      kept.push(...(await stage.publish('after', 10)))
      expect((await stage.publish(LAST))[0]!.id).toBeDefined()
      const all = kept.map(({ data }) => data)
      for (const trace of await Promise.all(readers)) expect(trace).toEqual(all)
      expect(await again).toEqual(all.slice(1))
      expect((await stage.state()).integrity).toBe('ok')
    },
  )
})

if (RUNNERS.size === 0) {
  it('is proved where there is a SQLite', () => {
    expect(process.getBuiltinModule('node:sqlite')).toBeUndefined()
  })
}
