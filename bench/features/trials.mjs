// The rows of the table. Each is a trial that is made of every library; what it gives stands in the README.
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

/** The most that a library has to do what it can. What it cannot is waited for as long. */
const PATIENCE_MS = 3000
const MIB = 1024 * 1024

const within = (promise, ms = PATIENCE_MS) => Promise.race([promise, sleep(ms, false)])

async function withServer(handle, trial) {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await trial(`http://127.0.0.1:${server.address().port}/`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const HEAD = { 'content-type': 'text/event-stream' }

/** Opens a stream with plain `node:http`: `text` is what has come, `has` waits for more. */
async function reader(url, headers = {}) {
  const request = get(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false })
  request.on('error', () => {})
  const [response] = await once(request, 'response')
  const seen = { text: '' }
  response.setEncoding('utf8').on('data', (text) => (seen.text += text))
  response.on('error', () => {})
  return {
    pause: () => response.pause(),
    leave: () => request.destroy(),
    async has(pattern, ms = PATIENCE_MS) {
      const deadline = Date.now() + ms
      while (!pattern.test(seen.text) && Date.now() < deadline) await sleep(10)
      return pattern.exec(seen.text) ?? undefined
    },
  }
}

/** A reader that the channel knows of. */
async function joined(channel, url) {
  const before = channel.connections()
  const each = await reader(url)
  while (channel.connections() <= before) await sleep(10)
  return each
}

async function withChannel({ create }, trial) {
  const channel = create()
  try {
    return await withServer(channel.handle, (url) => trial(channel, url))
  } finally {
    await channel.close()
  }
}

const pieces = (bytes, size) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))

/** Runs a client against a server until `found` is true. */
async function clientFinds({ open }, { handle, options }) {
  const found = Promise.withResolvers?.() ?? deferred()
  return withServer(
    (request, response) => handle(request, response, found.resolve),
    async (url) => {
      const connection = open(url, { onEvent() {}, ...options })
      connection.over.catch(() => {})
      try {
        return (await within(found.promise)) === true
      } finally {
        connection.close()
      }
    },
  )
}

function deferred() {
  const made = {}
  made.promise = new Promise((resolve) => (made.resolve = resolve))
  return made
}

/** `needs`: the face that is tried; a library without it has an empty cell, or `no` where the row is about having it. */
export const trials = [
  {
    title: 'parser, of bytes or text cut anywhere',
    needs: 'parse',
    isAbout: /parser/i,
    async run(parse) {
      const bytes = new TextEncoder().encode('event: tick\r\ndata: grüße\ndata: 2\n\ndata: x\n\n')
      const expected = JSON.stringify([
        ['tick', 'grüße\n2'],
        ['message', 'x'],
      ])
      return [1, 2, 3, 7, bytes.length].every((size) => JSON.stringify(parse(pieces(bytes, size))) === expected)
    },
  },
  {
    title: 'encoder',
    needs: 'encode',
    isAbout: /encode(?!error)|buffer/i,
    async run(encode) {
      return /^event: ?tick\ndata: ?\{"text":"two\\nlines"\}\n\n$/.test(encode('tick', { text: 'two\nlines' }))
    },
  },
  {
    title: 'client with method, headers and body',
    needs: 'client',
    isAbout: /eventsource$|^connect$/i,
    way: 'request',
    run: (client) =>
      clientFinds(client, {
        options: { method: 'POST', body: 'question', headers: async () => ({ 'x-own': 'yes' }) },
        async handle(request, response, found) {
          let body = ''
          for await (const text of request.setEncoding('utf8')) body += text
          response.writeHead(200, HEAD).write('\n')
          found(request.method === 'POST' && body === 'question' && request.headers['x-own'] === 'yes')
        },
      }),
  },
  {
    title: 'headers asked for at each attempt',
    needs: 'client',
    way: 'headers',
    run(client) {
      let asked = 0
      return clientFinds(client, {
        options: { headers: async () => ({ authorization: `Bearer ${++asked}` }) },
        handle(request, response, found) {
          if (request.headers.authorization === 'Bearer 2') found(true)
          response.writeHead(200, HEAD).write('retry: 20\nid: 1\ndata: a\n\n', () => response.destroy())
        },
      })
    },
  },
  {
    title: 'reads only as fast as the loop',
    needs: 'client',
    run({ open }) {
      const chunk = `data: ${'x'.repeat(1000)}\n\n`.repeat(64)
      const all = 48 * MIB
      let written = 0
      return withServer(
        async (_request, response) => {
          response.writeHead(200, HEAD)
          while (written < all && !response.destroyed) {
            written += chunk.length
            if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')])
          }
        },
        async (url) => {
          const hold = deferred()
          const connection = open(url, { onEvent: () => hold.promise })
          connection.over.catch(() => {})
          // Until the server has stood still for a second, or has written all of it.
          for (let before = -1; written > before || before <= 0; await sleep(1000)) {
            before = written
            if (written >= all) break
          }
          hold.resolve()
          connection.close()
          return written < all
        },
      )
    },
  },
  {
    title: 'an end before the last event is an error',
    needs: 'client',
    run: ({ open }) =>
      withServer(
        (_request, response) => response.writeHead(200, HEAD).end('data: part\n\n'),
        async (url) => {
          const until = ({ data }) => data === 'last'
          const connection = open(url, { method: 'POST', body: 'x', onEvent() {}, until })
          try {
            return await within(
              connection.over.then(
                () => false,
                () => true,
              ),
            )
          } finally {
            connection.close()
          }
        },
      ),
  },
  {
    title: 'server that broadcasts',
    needs: 'server',
    isAbout: /channel|session/i,
    run: (server) =>
      withChannel(server, async (channel, url) => {
        const readers = [await joined(channel, url), await joined(channel, url)]
        await channel.publish({ n: 1 })
        return (await Promise.all(readers.map((each) => each.has(/data: ?\{"n":1\}/)))).every(Boolean)
      }),
  },
  {
    title: 'replay by the library',
    needs: 'server',
    run: (server) =>
      withChannel(server, async (channel, url) => {
        const first = await joined(channel, url)
        await channel.publish({ n: 1 })
        const [, id] = (await first.has(/^id: ?(.*)$/m)) ?? []
        await first.has(/\n\n/)
        first.leave()
        while (channel.connections() > 0) await sleep(10)
        await channel.publish({ n: 2 })
        const back = await reader(url, { 'last-event-id': id })
        return (await back.has(/data: ?\{"n":2\}/)) !== undefined
      }),
  },
  {
    title: 'a reader whose place is gone is told',
    needs: 'server',
    run: (server) =>
      withChannel(server, async (_channel, url) => {
        const back = await reader(url, { 'last-event-id': 'of another age' })
        return (await back.has(/^data:/m)) !== undefined
      }),
  },
  {
    title: 'slow readers are let go',
    needs: 'server',
    run: (server) =>
      withChannel(server, async (channel, url) => {
        const slow = await joined(channel, url)
        slow.pause()
        const text = 'x'.repeat(64 * 1024)
        for (let sent = 0; sent < 48 * MIB && channel.connections() > 0; sent += text.length) {
          await channel.publish({ text })
          await turn()
        }
        for (const deadline = Date.now() + PATIENCE_MS; channel.connections() > 0 && Date.now() < deadline;) {
          await sleep(20)
        }
        return channel.connections() === 0
      }),
  },
  { title: 'several processes', isAbout: /redis/i, onlyFor: 'server' },
  { title: 'testing kit, conformance suites', isAbout: /suite$|scripted/i },
]
