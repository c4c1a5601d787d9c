import { afterAll, describe, expect, it } from 'vitest'
import { createScriptedServer } from '../../../../src/testing/server/scripted-server.js'
import { clientSuite } from '../../../../src/testing/suites/client/client-suite.js'
import { ConformanceError } from '../../../../src/testing/suites/suite.js'
import { CLIENT_MUTANTS, faultyClient } from './client.js'
import { score } from './score.js'

describe('a correct client passes whole', () => {
  const { cases } = clientSuite(faultyClient({}), { createServer: createScriptedServer })
  for (const { name, run } of cases) it.concurrent(name, run)
})

describe('each wrong client is caught by the case that names its fault', () => {
  const caught = score('clients', Object.keys(CLIENT_MUTANTS).length, afterAll)
  it.concurrent.each(Object.entries(CLIENT_MUTANTS))('%s: %s', async (fault, name) => {
    const { cases } = clientSuite(faultyClient({ [fault]: true }), { createServer: createScriptedServer, timeout: 700 })
    await expect(cases.find((each) => each.name === name)!.run()).rejects.toThrow(ConformanceError)
    caught()
  })
})
