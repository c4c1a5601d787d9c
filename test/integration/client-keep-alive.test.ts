import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../support/bundle.js'
import { useBench } from '../support/client.js'

const bench = useBench()

/** Connects to a server that is down for the first request, and tells how far it came. */
const program = `
  import { connect } from 'eventwire/client'
  const [url, keepAlive] = process.argv.slice(2)
  const connection = connect(url, {
    keepAlive: keepAlive === 'true',
    backoff: { min: 300, jitter: 0 },
    onState: ({ state }) => console.log(state),
  })
  const run = async () => {
    for await (const event of connection) {
      console.log(event.data)
      break
    }
  }
  run()
`

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eventwire-'))
  file = join(folder, 'program.mjs')
  await writeFile(file, await bundle(program))
})
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: string[]): Promise<{ code: unknown; lines: string[] }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, stdout) =>
      resolve({ code: error?.code ?? 0, lines: stdout.trim().split('\n') }),
    )
  })

describe('a process whose server is down', () => {
  it('is kept up by a pending retry', async () => {
    const server = await bench.serve([[{ cut: 'reset' }], [{ event: { data: 'up' } }]])
    expect(await run(server.url, 'true')).toEqual({
      code: 0,
      lines: ['connecting', 'waiting', 'connecting', 'open', 'up', 'closed'],
    })
  })

  it('ends meanwhile where keepAlive is false', async () => {
    const server = await bench.serve([[{ cut: 'reset' }], [{ event: { data: 'up' } }]])
    const { lines } = await run(server.url, 'false')
    expect(lines).toEqual(['connecting', 'waiting'])
    expect(server.requests).toHaveLength(1)
  })
})
