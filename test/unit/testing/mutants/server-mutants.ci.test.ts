import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverSuite } from '../../../../src/testing/suites/server/server-suite.js'
import { ConformanceError } from '../../../../src/testing/suites/suite.js'
import { score } from './score.js'
import { faultyServer, SERVER_MUTANTS } from './server.js'

describe('a correct server passes whole', () => {
  let server: Awaited<ReturnType<typeof faultyServer>>
  beforeAll(async () => {
    server = await faultyServer({})
  })
  afterAll(() => server.close())

  it.each(serverSuite('http://127.0.0.1/').cases.map(({ name }) => name))('%s', async (name) => {
    const { cases } = serverSuite(server, { watch: 30 })
    expect(await cases.find((each) => each.name === name)!.run()).toBeUndefined()
  })
})

describe('each wrong server is caught by the case that names its fault', () => {
  const caught = score('servers', Object.keys(SERVER_MUTANTS).length, afterAll)
  it.concurrent.each(Object.entries(SERVER_MUTANTS))('%s: %s', async (fault, name) => {
    const server = await faultyServer({ [fault]: true })
    const { cases } = serverSuite(server, { timeout: 300, watch: 60 })
    try {
      await expect(cases.find((each) => each.name === name)!.run()).rejects.toThrow(ConformanceError)
    } finally {
      await server.close()
    }
    caught()
  })
})
