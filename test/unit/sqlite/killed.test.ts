import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../scripts/lib/free-port.mjs'
import { connect } from '../../../src/client/connect.js'
import { OPEN_DATABASE, RUNNERS, RUNTIMES, scratchFile } from '../../support/sqlite.js'

/** In CI 50 for the first library, and for each of the others as many as show that it is no different. */
const killsOf = (index: number): number => (!process.env['EVENTWIRE_CI'] ? 5 : index === 0 ? 50 : 15)
const READERS = 20
const LAST = 'last'

/** Publishes without pause. It notes in a file what was acknowledged. */
const PROGRAM = `
import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { createChannel } from './src/server/channel/create-channel.js'
import { sqliteHistory } from './src/sqlite/sqlite-history.js'

const [kind, runtimes, file, notes, port, start, readers, isLast] = process.argv.slice(2)
${OPEN_DATABASE}
const database = await openDatabase(kind, runtimes, file)
let open = 0
const channel = createChannel({
  transport: sqliteHistory({ database }),
  history: { size: 1_000_000, maxBytes: 1e9 },
  metrics: { open: () => void open++ },
})
createServer((req, res) => void channel.node(req, res)).listen(Number(port), '127.0.0.1')
while (open < Number(readers)) await setImmediate()
const note = openSync(notes, 'a')
let n = Number(start)
for (let sent = 0; isLast === 'no' || sent < 50; sent++) {
  const data = String(n++)
  await channel.publish('n', data)
  writeSync(note, data + '\\n')
  await setImmediate()
}
await channel.publish('n', '${LAST}')
`

async function read(url: string): Promise<string[]> {
  const got: string[] = []
  for await (const { event, data } of connect(url, { backoff: { min: 10, max: 100 } })) {
    if (data === LAST) break
    got.push((event as string) === 'n' ? data : `${event} ${data}`)
  }
  return got
}

if (RUNNERS.size === 0) {
  it('is proved where there is a SQLite', () => {
    console.log('This Node has no node:sqlite. Node 24 has it, or: npm ci --prefix test/runtimes')
    expect(process.getBuiltinModule('node:sqlite')).toBeUndefined()
  })
}

for (const [index, [kind, runner]] of [...RUNNERS].entries()) {
  const kills = killsOf(index)
  it(
    `${kind}, killed ${kills} times: each acknowledged event once, in order, without a gap`,
    { timeout: 300_000 },
    async () => {
      const { path, folder, remove } = scratchFile()
      onTestFinished(remove)
      const program = join(folder, 'publish.mjs')
      const notes = join(folder, 'notes')
      const resolveDir = fileURLToPath(new URL('../../..', import.meta.url))
      const stdin = { contents: PROGRAM, resolveDir }
      await build({
        stdin,
        outfile: program,
        bundle: true,
        external: ['bun:sqlite'],
        platform: 'node',
        format: 'esm',
        target: 'node20',
      })
      const port = await freePort()
      let child: ReturnType<typeof spawn> | undefined
      onTestFinished(() => void child?.kill('SIGKILL'))
      const acknowledged = (): string[] => {
        try {
          return readFileSync(notes, 'utf8').split('\n').slice(0, -1)
        } catch {
          return []
        }
      }
      const launch = (round: number): void => {
        // A thousand million numbers for each process: what one published and did not note is not published again.
        const words = [kind, RUNTIMES, path, notes, port, round * 1e9, round === 0 ? READERS : 0]
        const args = [...words, round === kills ? 'yes' : 'no'].map(String)
        child = spawn(runner, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
      }
      const readers = Array.from({ length: READERS }, () => read(`http://127.0.0.1:${port}/`))
      for (let round = 0; round < kills; round++) {
        const before = acknowledged().length
        launch(round)
        const enough = before + 20 + ((round * 37) % 150)
        await expect.poll(() => acknowledged().length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(enough)
        const gone = once(child!, 'exit')
        child!.kill('SIGKILL')
        expect((await gone)[1]).toBe('SIGKILL')
      }
      launch(kills)
      const traces = await Promise.all(readers)
      const certain = acknowledged()
      for (const trace of traces) {
        expect(trace).toEqual(traces[0])
        expect(new Set(trace).size, 'none twice').toBe(trace.length)
        const known = new Set(certain)
        expect(trace.filter((data) => known.has(data))).toEqual(certain)
        const others = trace.filter((data) => !known.has(data))
        // Committed, and the process was killed before it could note it.
        expect(others.length).toBeLessThanOrEqual(kills)
        expect(others.every((data) => /^\d+$/.test(data))).toBe(true)
      }
      console.log(`${kind}: ${kills} kills, ${READERS} readers, ${certain.length} events acknowledged`)
    },
  )
}
