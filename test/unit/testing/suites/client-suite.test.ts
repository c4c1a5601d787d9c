import { describe, expect, it } from 'vitest'
import { connect } from '../../../../src/client/connect.js'
import { EventSource } from '../../../../src/eventsource/event-source.js'
import { createScriptedServer } from '../../../../src/testing/server/scripted-server.js'
import { clientSuite } from '../../../../src/testing/suites/client/client-suite.js'
import type { ClientAdapter } from '../../../../src/testing/suites/client/client-trial.js'

const connection: ClientAdapter = (url, { onEvent, onClose }) => {
  const events = connect(url)
  void events.closed.then(onClose)
  void (async () => {
    for await (const { event, data, id } of events) onEvent({ event, data, id })
  })().catch(() => {})
  return events
}

const source: ClientAdapter = (url, { types, onEvent, onClose }) => {
  const events = new EventSource(url)
  for (const type of types) {
    events.addEventListener(type, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>
      onEvent({ event: event.type, data, id: lastEventId })
    })
  }
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED) onClose()
  })
  return events
}

describe('EventSource', () => {
  for (const { name, run } of clientSuite(source, { createServer: createScriptedServer }).cases)
    it.concurrent(name, run)
})

describe('connect()', () => {
  // It retries what is temporary and takes any success, as its documentation says.
  const { cases } = clientSuite(connection, {
    createServer: createScriptedServer,
    without: ['temporary-errors', 'other-success'],
  })
  for (const { name, run } of cases.filter(({ skip }) => skip === undefined)) it.concurrent(name, run)
})

describe('bad options', () => {
  it.each([
    [{ timeout: 0 }, 'timeout: must be a number of milliseconds from 1'],
    [{ createServer: 'http' }, 'createServer: must be a function'],
    [{ server: 1 }, 'server: does not exist'],
    [{ without: ['reconnecting'] }, 'without: must be an array of reconnect, '],
  ])('%j', (options, message) => {
    expect(() => clientSuite(source, options as never)).toThrow(message)
  })

  it('needs a function', () => {
    expect(() => clientSuite('http://localhost/' as never)).toThrow('adapter: must be a function')
  })
})
