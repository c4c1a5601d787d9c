// @ts-expect-error It has no types.
import untyped from 'compression'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createChannel } from 'eventwire/server'
import { describe, it } from 'vitest'
import { RULES, type RuleId } from '../../src/cli/check/rules.js'
import { findingsAt, wrongIn } from '../support/check/audit.js'
import { flawedServer, type Flaws } from '../support/check/flawed-server.js'
import { serve, type NodeHandler } from '../support/servers/http.js'

type Options = Parameters<typeof findingsAt>[1]

async function audited(flaws: Flaws, options: Options = {}) {
  await using subject = await serve(flawedServer(flaws))
  return await findingsAt(subject.url, { echo: `${subject.url}say?text={}`, ...options })
}

describe.concurrent('check finds nothing', () => {
  it('on a server that is right', async ({ expect }) => {
    expect(wrongIn(await audited({}))).toEqual([])
  })

  it('where old events are gone and readers are told', async ({ expect }) => {
    const findings = await audited({ first: 100 })
    expect(wrongIn(findings)).toEqual([])
    expect(findings.filter(({ rule }) => rule === 'gap').map(({ sent }) => sent)).toEqual([
      'GET /, last-event-id: eventwire-check-0-0',
      'GET /, last-event-id: 1',
    ])
  })

  it('behind a redirect', async ({ expect }) => {
    await using subject = await serve(flawedServer({}))
    const echo = `${subject.url}say?text={}`
    expect(wrongIn(await findingsAt(`${subject.url}moved`, { echo }))).toEqual([])
  })

  it('on a channel, but for what it cannot look at', async ({ expect }) => {
    const channel = createChannel({ cors: { origin: '*' }, heartbeat: 200 })
    await using subject = await serve(channel.node)
    const timer = setInterval(() => void channel.publish('tick', { text: 'a\nb' }), 50)
    expect(wrongIn(await findingsAt(subject.url))).toEqual(['injection: skip'])
    clearInterval(timer)
    await channel.close()
  })
})

const FLAWS: [rule: RuleId, verdict: string, flaws: Flaws, options?: Options][] = [
  ['status', 'error', { status: 404 }],
  ['refusal', 'error', { status: 503 }],
  ['refusal', 'error', { status: 429 }],
  ['refusal', 'error', { most: 2 }],
  ['content-type', 'error', { headers: { 'content-type': 'text/plain' } }],
  ['content-type', 'error', { headers: { 'content-type': 'application/json' } }],
  ['cache-control', 'warning', { headers: { 'cache-control': 'max-age=60' } }],
  ['utf8', 'warning', { headers: { 'content-type': 'text/event-stream; charset=latin1' } }],
  ['utf8', 'warning', { odd: 'data: \ufffd\n\n' }],
  ['opening', 'error', { neverOpens: true }],
  ['opening', 'warning', { lateHead: true, silent: true }, { timeout: 10_000 }],
  ['buffering', 'error', { half: true, silent: true }],
  ['heartbeat', 'error', { silent: true }, { idleLimit: 600 }],
  ['ids', 'warning', { noIds: true }],
  ['ids', 'error', { sameIds: true }],
  ['resume', 'error', { resume: 'ignored' }],
  ['repeats', 'error', { resume: 'repeats' }],
  ['gap', 'error', { noGap: true }],
  ['gap', 'error', { noGap: true, first: 100 }],
  ['gap', 'error', { noGap: true, first: 100 }, { oldId: '50' }],
  ['gap', 'warning', { refusesOldIds: true }],
  ['truncation', 'error', { endsInside: true }],
  ['truncation', 'error', { length: 100_000 }],
  ['format', 'warning', { odd: 'nonsense\n\n' }],
  ['format', 'warning', { noIds: true, odd: 'data\n\n' }],
  [
    'cors',
    'error',
    { headers: { 'access-control-allow-origin': 'https://b.example' } },
    { origin: 'https://a.example' },
  ],
  ['cors-resume', 'error', { corsHeaders: 'authorization' }],
  ['methods', 'error', { options: 'stream' }],
  ['methods', 'error', { options: 'silent' }],
  ['methods', 'error', { head: 'never ended' }],
  ['injection', 'error', { raw: true }],
]

describe.concurrent('check finds', () => {
  it.for(FLAWS)('%s: %s %j', async ([rule, verdict, flaws, options], { expect }) => {
    const findings = await audited(flaws, options)
    const found = findings.filter((each) => each.rule === rule)
    expect(found.map((each) => each.verdict)).toContain(verdict)
    for (const { sent, seen } of found) expect([sent, seen]).not.toContain('')
    expect(RULES[rule].link).toMatch(/^https:/)
  })

  it('a server that opens a stream late, behind a proxy or not', async ({ expect }) => {
    await using direct = await serve(flawedServer({}))
    await using proxy = await serve(flawedServer({ neverOpens: true }))
    const findings = await findingsAt(proxy.url, { direct: new URL(direct.url), timeout: 800 })
    expect(wrongIn(findings)).toEqual(['buffering: error'])
    const both = await findingsAt(proxy.url, { direct: new URL(proxy.url), timeout: 800 })
    expect(wrongIn(both)).toEqual(['opening: error'])
  })
})

const compression = untyped as (
  options: object,
) => (req: IncomingMessage, res: ServerResponse, next: () => void) => void

/** Ten events a second behind the compressor that most servers use. */
function compressed({ isFlushed }: { isFlushed: boolean }): NodeHandler {
  const compress = compression({ threshold: 0 })
  return (request: IncomingMessage, response: ServerResponse & { flush?(): void }) =>
    compress(request, response, () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      let number = 0
      const tick = (): void => {
        response.write(`id: ${++number}\ndata: ${number}\n\n`)
        if (isFlushed) response.flush?.()
      }
      tick()
      const timer = setInterval(tick, 100)
      response.on('close', () => clearInterval(timer))
    })
}

it.for<[boolean, string]>([
  [false, 'error'],
  [true, 'pass'],
])('a compressor that is flushed (%s): %s', async ([isFlushed, verdict], { expect }) => {
  await using subject = await serve(compressed({ isFlushed }), createServer())
  const findings = await findingsAt(subject.url, { headers: {} })
  expect(findings.find(({ rule }) => rule === 'compression')).toMatchObject({ verdict })
})

it('every rule is shown by a server that breaks it, here or behind a proxy', ({ expect }) => {
  const shown = new Set<string>([...FLAWS.map(([rule]) => rule), 'compression'])
  expect(Object.keys(RULES).filter((rule) => !shown.has(rule))).toEqual([])
})
