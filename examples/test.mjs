// Starts each example as its README says, and tries what it is for: tests/NAME.mjs where that is there, else tests/ticks.mjs.
// Names of examples as arguments: those alone. Needs `npm ci` here and in test/runtimes, and a build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../scripts/lib/free-port.mjs'

/** Those that take longest first. */
const EXAMPLES = [
  'runs',
  'ai-sdk',
  'mcp',
  'next',
  'sveltekit',
  'nest',
  'nest-on-fastify',
  'vue',
  'workers',
  'express',
  'fastify',
  'koa',
  'hono',
  'h3',
  'prometheus',
  'bun',
  'deno',
]
/** Examples that run at the same time: they mostly wait. */
const AT_ONCE = 3
const LIMIT = 120_000
/** Milliseconds that an example has to end by itself. */
const PATIENCE = 5000

const here = fileURLToPath(new URL('.', import.meta.url))
const runtimes = join(here, '../test/runtimes/node_modules/.bin')

async function testExample(name) {
  const own = join(here, 'tests', `${name}.mjs`)
  const { test, env, prepare, folder = name } = await import(existsSync(own) ? own : './tests/ticks.mjs')
  const prepared = await prepare?.(freePort)
  const port = await freePort()
  const example = spawn('npm', ['start', '--silent'], {
    cwd: join(here, folder),
    env: {
      ...process.env,
      ...env,
      ...prepared?.env,
      PORT: String(port),
      PATH: `${process.env.PATH}${delimiter}${runtimes}`,
    },
    // A group of its own, because npm does not pass on what ends it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [example.stdout, example.stderr]) stream.on('data', (chunk) => (output += chunk))
  try {
    await test({ url: `http://localhost:${port}/`, output: () => output, signal: AbortSignal.timeout(LIMIT) })
  } catch (error) {
    throw new Error(`${error.stack}\n${output}`, { cause: error })
  } finally {
    await end(example)
    await prepared?.close()
  }
}

/** As Ctrl-C does it, so that an example can put away what it made; by force where that takes long. */
async function end(example) {
  const exited = once(example, 'exit')
  if (example.exitCode === null) {
    process.kill(-example.pid, 'SIGINT')
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  }
  try {
    process.kill(-example.pid, 'SIGKILL')
  } catch {
    // The whole group has gone.
  }
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
