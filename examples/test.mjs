// Starts each example as its README says, and reads it with the client of this package and with curl.
// Names of examples as arguments: those alone. Needs `npm ci` here and in test/runtimes, and a build.
import { spawn, execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect } from 'eventwire/client'

const EXAMPLES = ['express', 'fastify', 'koa', 'hono', 'h3', 'next', 'bun', 'deno', 'workers']
/** Examples that run at the same time: they mostly wait. */
const AT_ONCE = 3
const LIMIT = 60_000

const here = fileURLToPath(new URL('.', import.meta.url))
const runtimes = join(here, '../test/runtimes/node_modules/.bin')
const run = promisify(execFile)

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

function check(condition, what, found) {
  if (!condition) throw new Error(`expected ${what}, found ${JSON.stringify(found)}`)
}

async function testExample(name) {
  const port = await freePort()
  const url = `http://localhost:${port}/`
  const example = spawn('npm', ['start', '--silent'], {
    cwd: join(here, name),
    env: { ...process.env, PORT: String(port), PATH: `${process.env.PATH}${delimiter}${runtimes}` },
    // A group of its own, because npm does not pass on what ends it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [example.stdout, example.stderr]) stream.on('data', (chunk) => (output += chunk))
  const signal = AbortSignal.timeout(LIMIT)
  try {
    await readWithClient(url, signal)
    await untilOutput(() => output, 'a reader left', signal)
    await readWithCurl(url)
  } catch (error) {
    error.message += `\n${output}`
    throw error
  } finally {
    process.kill(-example.pid, 'SIGKILL')
  }
}

async function readWithClient(url, signal) {
  const ticks = []
  // The client waits for a server that is not up yet.
  const connection = connect(url, { signal, lastEventId: '41', backoff: { min: 100, max: 500 } })
  for await (const { event, id, data } of connection) {
    ticks.push({ event, id, data })
    if (ticks.length === 2) break
  }
  const expected = [42, 43].map((n) => ({ event: 'tick', id: String(n), data: JSON.stringify({ n }) }))
  check(JSON.stringify(ticks) === JSON.stringify(expected), 'two ticks', ticks)
  const type = connection.response?.headers.get('content-type')
  check(type === 'text/event-stream', 'an event stream', type)
}

async function untilOutput(output, text, signal) {
  while (!output().includes(text)) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function readWithCurl(url) {
  const { stdout } = await run('curl', ['-sN', '--max-time', '2.5', '-H', 'Last-Event-ID: 7', url]).catch(
    (error) => error,
  )
  check(stdout.includes('event: tick\ndata: {"n":8}\nid: 8\n\n'), 'a tick by curl', stdout)
}

async function testAll(names) {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    try {
      await testExample(name)
      console.log(`ok      ${name}`)
    } catch (error) {
      console.log(`FAILED  ${name}: ${error.message}`)
      process.exitCode = 1
    }
  }
}

const names = process.argv.length > 2 ? process.argv.slice(2) : [...EXAMPLES]
await Promise.all(Array.from({ length: AT_ONCE }, () => testAll(names)))
