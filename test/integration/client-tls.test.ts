import { expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { collect, SOON, useBench } from '../support/client.js'
import { CERTIFICATE } from '../support/servers/certificate.js'

const bench = useBench()

it('a self-signed certificate is refused, at once, whatever the options hold', async () => {
  const server = await bench.serve([[{ event: { data: 'secret' } }]], { tls: CERTIFICATE })
  const options = { rejectUnauthorized: false, agent: { rejectUnauthorized: false } } as RequestInit
  const connection = connect(server.url, { ...options, backoff: { ...SOON, attempts: 2 } })
  const { data, error } = await collect(connection)
  expect(data).toEqual([])
  expect(error).toMatchObject({ kind: 'network', attempt: 1 })
  expect(((error as Error).cause as Error).cause).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  expect(server.requests).toHaveLength(0)
})
