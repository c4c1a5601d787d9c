import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { eventStream } from '../../../../src/server/event-stream.js'
import type { Session } from '../../../../src/server/session.js'
import { scriptedResponse } from '../../../../src/testing/scripted-response.js'
import { createScriptedServer } from '../../../../src/testing/server/scripted-server.js'
import { serverSuite } from '../../../../src/testing/suites/server/server-suite.js'
import type { ServerAdapter } from '../../../../src/testing/suites/server/server-reader.js'

const OPTIONS = { watch: 30 } as const

function passes(adapter: () => ServerAdapter, without: 'resume'[] = []): void {
  for (const { name } of serverSuite('http://127.0.0.1/').cases) {
    it(name, async () => {
      const suite = serverSuite(adapter(), { ...OPTIONS, without })
      const { run, skip } = suite.cases.find((each) => each.name === name)!
      if (skip === undefined) expect(await run()).toBeUndefined()
      else expect(skip).toBe('the server does not resume')
    })
  }
}

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('a channel on Node', () => {
  const channel = createChannel()
  const server = createServer((req, res) => void channel.node(req, res))
  let url = ''
  beforeAll(async () => {
    url = await listen(server)
  })
  afterAll(async () => {
    await channel.close()
    server.close()
  })
  passes(() => ({
    url,
    send: ({ event = 'message', data }) => channel.publish(event, data),
    connections: () => channel.connections,
  }))
})

describe('a channel as a handler of web requests', () => {
  const channel = createChannel()
  afterAll(() => channel.close())
  passes(() => ({
    url: 'http://localhost/',
    fetch: channel.fetch,
    send: ({ event = 'message', data }) => channel.publish(event, data),
    connections: () => channel.connections,
  }))
})

describe('eventStream on Node', () => {
  const sessions = new Set<Session>()
  const server = createServer((req, res) => {
    eventStream(req, res, (session) => {
      sessions.add(session)
      return () => sessions.delete(session)
    })
  })
  let url = ''
  beforeAll(async () => {
    url = await listen(server)
  })
  afterAll(() => {
    for (const session of sessions) session.close()
    server.close()
  })
  passes(
    () => ({
      url,
      send: (message) => {
        for (const session of sessions) session.send(message)
      },
      connections: () => sessions.size,
    }),
    ['resume'],
  )
})

describe('a URL alone', () => {
  it('leaves out what needs a hand on the server, and says so', async () => {
    const channel = createChannel()
    const tick = setInterval(() => void channel.publish('tick', 'x'), 5)
    const server = createServer((req, res) => void channel.node(req, res))
    const url = await listen(server)
    const results = []
    for await (const { status, message } of serverSuite(url, OPTIONS)) results.push([status, message])
    clearInterval(tick)
    await channel.close()
    server.close()
    expect(results.filter(([status]) => status === 'fail')).toEqual([])
    expect(new Set(results.filter(([status]) => status === 'skip').map(([, message]) => message))).toEqual(
      new Set(['the adapter has no send', 'the adapter has no connections']),
    )
  })
})

describe('a server that says nothing', () => {
  it('is no failure where there is nothing to look at', async () => {
    const silent: ServerAdapter = {
      url: 'http://localhost/',
      fetch: ({ signal }) => scriptedResponse([{ status: 200 }, { stall: true }], { signal }),
    }
    const statuses = new Map<string, string | undefined>()
    for await (const { name, message } of serverSuite(silent, { timeout: 20, watch: 5 })) statuses.set(name, message)
    expect(statuses.get('the stream is UTF-8')).toBe('the server sent nothing within 20 ms')
    expect(statuses.get('nothing is lost after Last-Event-ID')).toBe('0 events came within 20 ms, too few to resume')
    expect(statuses.get('the status is 200')).toBeUndefined()
  })
})

describe('a server that is not there', () => {
  it('is a failure that says why', async () => {
    const server = await createScriptedServer([])
    await server.close()
    const [first] = serverSuite(server.url).cases
    await expect(first!.run()).rejects.toThrow(/^no answer to the request: fetch failed: .*ECONNREFUSED/)
  })
})

describe('bad options', () => {
  it.each([
    [{ timeout: 0 }, 'timeout: must be a number of milliseconds from 1'],
    [{ watch: Number.NaN }, 'watch: must be'],
    [{ waits: 1 }, 'waits: does not exist'],
    [{ without: ['reconnect'] }, 'without: must be an array of resume'],
    [{ without: 'resume' }, 'without: must be an array'],
  ])('%j', (options, message) => {
    expect(() => serverSuite('http://localhost/', options as never)).toThrow(message)
  })

  it('needs an absolute URL', () => {
    expect(() => serverSuite('/events')).toThrow('url: must be an absolute URL')
    expect(() => serverSuite(undefined as never)).toThrow('url: must be an absolute URL')
  })
})
