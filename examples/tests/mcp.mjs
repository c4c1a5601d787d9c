// The client of the MCP SDK, over connections that are cut in the middle of an answer.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { check, until } from './check.mjs'
import { startRedis } from './redis.mjs'

/** Called before the example is started. */
export async function prepare(freePort) {
  const redis = await startRedis(await freePort())
  return { env: { REDIS_URL: redis.url }, close: () => redis.close() }
}

export async function test({ url, signal }) {
  const up = () =>
    fetch(url).then(
      () => true,
      () => false,
    )
  await until(up, 'the example', signal)
  const proxy = await startProxy(new URL(url).port)
  const client = new Client({ name: 'test', version: '1.0.0' })
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(proxy.url)))
    const seen = []
    const onprogress = ({ progress }) => {
      seen.push(progress)
      if (progress === 2 || progress === 5) proxy.cut()
    }
    const result = await client.callTool({ name: 'count', arguments: { to: 10 } }, undefined, { onprogress })
    check(result.content[0].text === 'counted to 10', 'the result', result)
    check(seen.join() === '1,2,3,4,5,6,7,8,9,10', 'each notification, once and in order', seen)
    check(proxy.cuts === 2, 'two cuts', proxy.cuts)
  } finally {
    await client.close()
    proxy.close()
  }
}

async function startProxy(port) {
  const sockets = new Set()
  const server = createServer((socket) => {
    const onward = connect(port, 'localhost')
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ]) {
      sockets.add(from)
      from.on('error', () => {}).on('close', () => (sockets.delete(from), to.destroy()))
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = {
    url: `http://127.0.0.1:${server.address().port}/`,
    cuts: 0,
    cut() {
      proxy.cuts++
      for (const socket of sockets) socket.destroy()
    },
    close() {
      server.close()
      proxy.cut()
    },
  }
  return proxy
}
