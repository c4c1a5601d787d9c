// What a user does with the kit, told to no runner in particular: each check throws where it fails.
import assert from 'node:assert/strict'
import { connect } from 'eventwire/client'
import { createParser } from 'eventwire/parser'
import { clientSuite, createGate, parserSuite, scriptedResponse, serverSuite, toTap } from 'eventwire/testing'
import { createScriptedServer } from 'eventwire/testing/server'

const URL_OF_API = 'https://api.example.com/stream'

/** Runs `handlers` of msw for as long as `use` takes. */
async function mocked({ setupServer }, handlers, use) {
  const server = setupServer(...handlers)
  server.listen({ onUnhandledRequest: 'error' })
  try {
    await use()
  } finally {
    server.close()
  }
}

async function read(connection) {
  const seen = []
  for await (const { data, id } of connection) seen.push([data, id])
  return seen
}

/** Checks that need the `http` and `setupServer` of some msw. */
export const withMsw = (msw) => ({
  'msw: a client survives a cut in the middle of an event': async () => {
    const { http } = msw
    const asked = []
    const answers = [
      () =>
        scriptedResponse([
          { event: { id: '1', data: 'one', retry: 50 } },
          { wait: 20 },
          { event: { id: '2', data: 'two' }, cutAfter: 9 },
        ]),
      () => scriptedResponse([{ event: { id: '2', data: 'two' } }]),
      () => scriptedResponse([{ status: 204 }]),
    ]
    const handler = http.get(URL_OF_API, ({ request }) => {
      asked.push(request.headers.get('last-event-id'))
      return answers[asked.length - 1]()
    })
    await mocked(msw, [handler], async () => {
      assert.deepEqual(await read(connect(URL_OF_API)), [
        ['one', '1'],
        ['two', '2'],
      ])
    })
    assert.deepEqual(asked, [null, '1', '2'])
  },

  'msw: events come while the answer is still open, and leaving lets go of it': async () => {
    const { http } = msw
    const gate = createGate()
    const handler = http.get(URL_OF_API, () =>
      scriptedResponse([
        { event: { data: 'one' } },
        { wait: gate.opened },
        { event: { data: 'two' } },
        { stall: true },
      ]),
    )
    await mocked(msw, [handler], async () => {
      const connection = connect(URL_OF_API)
      const seen = []
      for await (const { data } of connection) {
        seen.push(data)
        if (data === 'two') break
        gate.open()
      }
      assert.deepEqual(seen, ['one', 'two'])
      assert.equal(await connection.closed, 'closed')
    })
  },

  'msw: a cut as first step is a network error': async () => {
    const { http } = msw
    await mocked(msw, [http.get(URL_OF_API, () => scriptedResponse([{ cut: 'reset' }]))], async () => {
      await assert.rejects(fetch(URL_OF_API), TypeError)
    })
  },
})

async function served(script, use) {
  const server = await createScriptedServer(script)
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

/** Checks that need a runner alone. */
export const plain = {
  'a client survives a cut in the middle of an event': async () => {
    const script = [
      [{ event: { id: '1', data: 'one', retry: 50 } }, { event: { id: '2', data: 'two' }, cutAfter: 9 }],
      [{ event: { id: '2', data: 'two' } }],
    ]
    await served(script, async (server) => {
      assert.deepEqual(await read(connect(server.url)), [
        ['one', '1'],
        ['two', '2'],
      ])
      assert.deepEqual(
        server.requests.map(({ lastEventId }) => lastEventId),
        [undefined, '1', '2'],
      )
    })
  },

  'a script that makes no sense names the step': async () => {
    await assert.rejects(
      createScriptedServer([{ end: true }, { event: { data: 'x' } }]),
      /^ScriptError: script\[1\]: event after/,
    )
  },

  'the parser suite gives TAP': async () => {
    const tap = await toTap(parserSuite(createParser))
    assert.match(tap, /^TAP version 14\nok 1 - parser: a leading byte order mark is dropped\n/)
    assert.doesNotMatch(tap, /not ok/)
  },

  'the client suite starts its own servers': async () => {
    const { cases } = clientSuite((url, { onEvent, onClose }) => {
      const connection = connect(url)
      connection.closed.then(onClose)
      read({
        async *[Symbol.asyncIterator]() {
          for await (const event of connection) {
            onEvent(event)
            yield event
          }
        },
      }).catch(() => {})
      return connection
    })
    for (const name of ['sends the last event ID when it comes back', 'the id of an event cut off is not remembered']) {
      await cases.find((each) => each.name === name).run()
    }
  },

  'the server suite reads a server from its URL': async () => {
    const events = ['1', '2', '3', '4'].map((id) => ({ event: { id, data: id } }))
    const script = () => [{ headers: { 'content-type': 'text/plain' } }, ...events, { stall: true }]
    await served(script, async ({ url }) => {
      const wrong = []
      for (const { name, run, skip } of serverSuite(url, { watch: 10 }).cases) {
        if (skip === undefined) await run().catch(() => wrong.push(name))
      }
      assert.deepEqual(wrong, ['the content type is text/event-stream', 'nothing comes twice after Last-Event-ID'])
    })
  },
}

/** The cases of a suite, for the runner to take one by one. */
export const { cases } = parserSuite(createParser)
