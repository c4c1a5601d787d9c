import { describe, it } from 'vitest'
import { connect } from '../../../../src/client/connect.js'
import { createScriptedServer } from '../../../../src/testing/server/scripted-server.js'
import { clientSuite } from '../../../../src/testing/suites/client/client-suite.js'
import type { ClientAdapter } from '../../../../src/testing/suites/client/client-trial.js'

const ours: ClientAdapter = (url, { onEvent, onClose }) => {
  const connection = connect(url)
  void connection.closed.then(onClose)
  void (async () => {
    for await (const { event, data, id } of connection) onEvent({ event, data, id })
  })().catch(() => {})
  return connection
}

describe('connect()', () => {
  // It retries what is temporary, as its documentation says.
  const { cases } = clientSuite(ours, { createServer: createScriptedServer, without: ['temporary-errors'] })
  for (const { name, run } of cases.filter(({ skip }) => skip === undefined)) it.concurrent(name, run)
})
