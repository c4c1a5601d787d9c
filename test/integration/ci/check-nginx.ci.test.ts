import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/cli/check/rules.js'
import { findingsAt } from '../../support/check/audit.js'
import { flawedServer } from '../../support/check/flawed-server.js'
import { serve, type NodeHandler } from '../../support/servers/http.js'
import { startNginx } from '../../support/servers/nginx.js'

/** Right in itself: it asks proxies not to buffer. */
const subject: NodeHandler = (request, response: ServerResponse) => {
  response.setHeader('x-accel-buffering', 'no')
  return flawedServer({})(request, response)
}

const verdictsOf = (findings: readonly Finding[], rule: string): string[] =>
  findings.filter((each) => each.rule === rule).map(({ verdict }) => verdict)

describe('check, with nginx on the way', () => {
  it('finds nothing where nginx takes the hint', async () => {
    await using server = await serve(subject)
    await using nginx = await startNginx(server.port, 'proxy_http_version 1.1;')
    const findings = await findingsAt(nginx.url, { direct: new URL(server.url) })
    expect(findings.filter(({ verdict }) => verdict === 'error')).toEqual([])
    expect(verdictsOf(findings, 'buffering')).toEqual(['pass'])
  })

  it('finds the nginx that ignores the hint, and names it', async () => {
    await using server = await serve(subject)
    await using nginx = await startNginx(server.port, 'proxy_ignore_headers X-Accel-Buffering;')
    const alone = await findingsAt(nginx.url, { timeout: 1500 })
    expect(verdictsOf(alone, 'buffering')).toEqual(['error'])
    expect(alone.find(({ rule }) => rule === 'buffering')!.seen).toMatch(/there is a proxy \(server: nginx/)
    const compared = await findingsAt(nginx.url, { timeout: 1500, direct: new URL(server.url) })
    expect(verdictsOf(compared, 'buffering')).toEqual(['error'])
    expect(compared[0]!.seen).toMatch(/^no head within 1500 ms; from 127\.0\.0\.1:\d+ itself after \d+ ms$/)
  })

  it('finds an answer whose cut looks like its end', async () => {
    await using server = await serve(subject)
    await using nginx = await startNginx(server.port, 'proxy_http_version 1.0; chunked_transfer_encoding off;')
    expect(verdictsOf(await findingsAt(nginx.url), 'truncation')).toEqual(['warning'])
  })
})
