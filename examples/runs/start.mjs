// `npm start`: two servers on one Redis, and in front of them a proxy that gives each request to the next of them. The
// page at its address asks, stops, and kills the server that writes the answer.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['A', 'B']
const PORT = Number(process.env.PORT ?? 3000)

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(dirname(fileURLToPath(import.meta.resolve('eventwire/client'))), '..')

const redis = process.env.REDIS_URL ? undefined : await startRedis()
const REDIS_URL = process.env.REDIS_URL ?? `redis://127.0.0.1:${redis.port}`

/** By name: the process and its port. */
const servers = new Map()
let next = 0
let isStopping = false

await Promise.all(NAMES.map(startServer))

const front = createServer((req, res) => {
  const { pathname } = new URL(req.url, 'http://localhost')
  if (req.method === 'GET' && pathname === '/') return sendFile(res, join(here, 'page.html'), 'text/html')
  if (req.method === 'GET' && pathname.startsWith('/eventwire/')) {
    return sendFile(res, join(dist, normalize(pathname.slice('/eventwire'.length))), 'text/javascript')
  }
  if (req.method === 'POST' && pathname.startsWith('/kill/')) {
    servers.get(pathname.slice('/kill/'.length))?.process.kill('SIGKILL')
    return res.writeHead(204).end()
  }
  forward(req, res)
})
front.listen(PORT, '127.0.0.1', () => console.log(`two servers at http://127.0.0.1:${front.address().port}/`))

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)

async function startServer(name) {
  const server = fork(join(here, 'server.mjs'), { env: { ...process.env, NAME: name, REDIS_URL } })
  server.once('exit', async () => {
    servers.delete(name)
    if (!isStopping) await startServer(name)
  })
  const [port] = await once(server, 'message')
  servers.set(name, { process: server, port })
  console.log(`server ${name} runs (process ${server.pid})`)
}

function forward(req, res) {
  const running = [...servers.values()]
  if (running.length === 0) return res.writeHead(503).end()
  const { port } = running[next++ % running.length]
  const onward = request({ port, host: '127.0.0.1', method: req.method, path: req.url, headers: req.headers })
  onward.on('response', (answer) => {
    res.writeHead(answer.statusCode, answer.headers)
    answer.pipe(res)
    answer.on('error', () => res.destroy())
  })
  onward.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()))
  res.on('close', () => onward.destroy())
  req.pipe(onward)
}

function sendFile(res, path, type) {
  const file = createReadStream(path)
  file.on('error', () => res.writeHead(404).end())
  file.once('open', () => res.writeHead(200, { 'content-type': `${type}; charset=utf-8` }))
  file.pipe(res)
}

async function startRedis() {
  const directory = await mkdtemp(join(tmpdir(), 'eventwire-example-runs-'))
  const probe = createTcpServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  const server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--dir', directory, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(server, 'spawn')
  } catch {
    console.error('There is no redis-server to run. Install it, or set REDIS_URL to a Redis that is there.')
    process.exit(1)
  }
  for await (const line of server.stdout.setEncoding('utf8')) if (line.includes('Ready to accept')) break
  console.log(`redis-server runs on port ${port}`)
  return { process: server, port, directory }
}

async function stop() {
  isStopping = true
  front.close()
  const exits = [...servers.values()].map(({ process: server }) => {
    server.send('stop')
    return once(server, 'exit')
  })
  await Promise.all(exits)
  front.closeAllConnections()
  if (!redis) return
  if (redis.process.exitCode === null) {
    redis.process.kill()
    await once(redis.process, 'exit')
  }
  await rm(redis.directory, { recursive: true, force: true })
}
