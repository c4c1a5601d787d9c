// A CommonJS project without Babel: the package comes by `require`, and the client suite finds its server the same way.
const { connect } = require('eventwire/client')
const { createParser } = require('eventwire/parser')
const { clientSuite, parserSuite } = require('eventwire/testing')
const { createScriptedServer } = require('eventwire/testing/server')

describe('the kit', () => {
  it('a client survives a cut in the middle of an event', async () => {
    const server = await createScriptedServer([
      [{ event: { id: '1', data: 'one', retry: 50 } }, { event: { id: '2', data: 'two' }, cutAfter: 9 }],
      [{ event: { id: '2', data: 'two' } }],
    ])
    const seen = []
    for await (const { data } of connect(server.url)) seen.push(data)
    expect(seen).toEqual(['one', 'two'])
    await server.close()
  }, 20_000)

  it('the client suite starts its own servers', async () => {
    const { cases } = clientSuite((url, { onEvent, onClose }) => {
      const connection = connect(url)
      connection.closed.then(onClose)
      const read = async () => {
        for await (const event of connection) onEvent(event)
      }
      read().catch(() => {})
      return connection
    })
    await cases.find(({ name }) => name === 'sends the last event ID when it comes back').run()
  }, 20_000)
})

describe('our parser', () => {
  for (const { name, run } of parserSuite(createParser).cases) it(name, async () => void (await run()))
})
