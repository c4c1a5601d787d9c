// One of the servers. All of them are the same; what they share is in Redis.
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { createRuns, RunExistsError } from 'eventwire/runs'
import { redisRuns } from 'eventwire/redis'
import { Redis } from 'ioredis'

const { NAME, REDIS_URL, WORD_MS = '300' } = process.env
const ANSWER =
  'An answer that takes a while must not depend on the page that asked for it, nor on the server that gives it.'
let isStopping = false

// The pattern for the connections that redisRuns makes; this one is never opened.
const client = new Redis(REDIS_URL, { lazyConnect: true })
const runs = createRuns({
  store: redisRuns({ client, prefix: 'example:' }),
  // A server that dies is missed this soon.
  lease: 2000,
  retry: 500,
  onError: (error) => isStopping || console.error(`server ${NAME}: ${error.message}`),
})

/** Stands for a language model. */
async function* answer({ signal }) {
  yield { event: 'writer', data: NAME }
  for (const word of ANSWER.split(' ')) {
    await wait(Number(WORD_MS), undefined, { signal })
    yield { event: 'word', data: `${word} ` }
  }
}

async function handle(req, res) {
  const [, path, key] = req.url.split('/')
  // For the page to show; readers have no need to know.
  res.setHeader('x-server', NAME)
  if (path === 'state') return res.end(`${await runs.state(key)}`)
  if (path !== 'answers') return res.writeHead(404).end()
  if (req.method === 'GET') return runs.node(req, res, key)
  if (req.method === 'DELETE') return res.end(`${await runs.stop(key)}`)
  await runs.start(key, answer)
  res.writeHead(201).end()
}

const server = createServer((req, res) => {
  handle(req, res).catch((error) => {
    res.writeHead(error instanceof RunExistsError ? 409 : 503).end(error.message)
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
// Ctrl-C goes to all processes; the parent says what to do.
process.on('SIGINT', () => (isStopping = true))
process.on('disconnect', () => process.exit())
process.on('message', async () => {
  isStopping = true
  await runs.close()
  server.close()
  process.disconnect()
})
