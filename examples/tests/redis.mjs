import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A `redis-server` of its own for one example. */
export async function startRedis(port) {
  const directory = await mkdtemp(join(tmpdir(), 'eventwire-example-'))
  const server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--dir', directory, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of server.stdout.setEncoding('utf8')) if (line.includes('Ready to accept')) break
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      server.kill('SIGKILL')
      await once(server, 'exit')
      await rm(directory, { recursive: true, force: true })
    },
  }
}
