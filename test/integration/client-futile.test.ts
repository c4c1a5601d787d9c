import { describe, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { ConnectOptions } from '../../src/client/types.js'
import { scriptedResponse } from '../../src/testing/scripted-response.js'
import type { Step } from '../../src/testing/script/steps.js'
import { collect, SOON, useBench } from '../support/client.js'

const bench = useBench()

const to = (location: string): Step[] => [{ redirect: location }]
const post: ConnectOptions = { method: 'POST', body: 'abc', reconnect: 'always' }

describe('a failure that cannot pass fails at once', () => {
  it.each<[string, Step[], ConnectOptions?]>([
    ['a redirect to itself', to('/')],
    ['a redirect to another scheme', to('ftp://example.com/')],
    ['a redirect to a blocked port', to('http://127.0.0.1:6000/')],
    ['a redirect to no URL', to('http://[')],
    ['a redirect that is not to be followed', to('/'), { redirect: 'error' }],
    ['a body without the wanted hash', [{ bytes: 'data: x\n\n' }], { integrity: `sha256-${'A'.repeat(43)}=` }],
    ['a header that Node does not send', [], { headers: { expect: '100-continue' } }],
    ['a header of the connection', [], { headers: { connection: 'two words' } }],
    ['a length that is not that of the body', [], { ...post, headers: { 'content-length': '7' } }],
  ])('%s', async (_, steps, options) => {
    const server = await bench.serve(() => steps)
    const { error } = await collect(connect(server.url, { ...options, backoff: { ...SOON, attempts: 3 } }))
    expect(error).toMatchObject({ kind: 'network', attempt: 1 })
  })

  it('https: where the server speaks no TLS', async () => {
    const server = await bench.serve([])
    const url = server.url.replace('http', 'https')
    const { error } = await collect(connect(url, { backoff: { ...SOON, attempts: 3 } }))
    expect(error).toMatchObject({ kind: 'network', attempt: 1 })
  })

  it('a mistake that a fetch of the user is told of', async () => {
    const fetch = async (): Promise<Response> => scriptedResponse([{ comment: 'no such step' } as never])
    const { error } = await collect(connect('http://example.com/', { fetch, backoff: { ...SOON, attempts: 3 } }))
    expect(error).toMatchObject({ kind: 'network', attempt: 1, cause: { code: 'ERR_SCRIPT' } })
  })

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'EPIPE'])(
    'but %s passes',
    async (code) => {
      const fetch = async (): Promise<Response> => {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) })
      }
      const { error } = await collect(connect('http://example.com/', { fetch, backoff: { ...SOON, attempts: 3 } }))
      expect(error).toMatchObject({ kind: 'network', attempt: 3 })
    },
  )
})
