import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { run } from '../support/cli.js'
import { serve, type NodeHandler } from '../support/http.js'

interface Flaws {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly corsHeaders?: string
  readonly noIds?: boolean
  readonly resume?: 'ignored' | 'repeats'
  readonly noGap?: boolean
  readonly silent?: boolean
  readonly lateHead?: boolean
  readonly neverOpens?: boolean
  readonly half?: boolean
  readonly endsInside?: boolean
  readonly odd?: string
  readonly zipped?: boolean
  readonly most?: number
  readonly raw?: boolean
}

/** A stream of five events and heartbeats, right but for its flaws. `/say?text=` echoes. */
function server(flaws: Flaws): NodeHandler {
  const readers = new Set<ServerResponse>()
  return (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://localhost')
    if (url.pathname === '/say') {
      const text = url.searchParams.get('text')!
      const data = flaws.raw
        ? `data: ${text}`
        : text
            .split(/\r\n|\r|\n/)
            .map((line) => `data: ${line}`)
            .join('\n')
      for (const reader of readers) reader.write(`${data}\n\n`)
      return response.end()
    }
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', flaws.corsHeaders ?? 'last-event-id')
    if (request.method === 'OPTIONS') return response.writeHead(204).end()
    if (flaws.neverOpens) return
    const isFull = readers.size >= (flaws.most ?? Infinity)
    const type = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }
    const isZipped = flaws.zipped && request.headers['accept-encoding']?.includes('gzip')
    response.writeHead(isFull ? 503 : (flaws.status ?? 200), {
      ...type,
      ...(isZipped && { 'content-encoding': 'gzip' }),
      ...flaws.headers,
    })
    if (isFull) return response.end()
    const say = (text: string): void => void response.write(text)
    if (isZipped) return void response.write(gzipSync(': a\n').subarray(0, 10))
    if (!flaws.lateHead) response.flushHeaders()
    if (!flaws.lateHead) say(':\n\n')
    readers.add(response)
    const beat = flaws.silent ? undefined : setInterval(() => say(':\n\n'), 300)
    const late = setTimeout(() => play(request, say, response, flaws), flaws.lateHead ? 1300 : 0)
    response.on('close', () => {
      readers.delete(response)
      clearInterval(beat)
      clearTimeout(late)
    })
  }
}

function play(request: IncomingMessage, say: (text: string) => void, response: ServerResponse, flaws: Flaws): void {
  const asked = flaws.resume === 'ignored' ? undefined : (request.headers['last-event-id'] as string | undefined)
  const known = asked === undefined || /^[1-5]$/.test(asked)
  if (!known && !flaws.noGap) say('event: reset\ndata: {}\n\n')
  const from = known && asked !== undefined ? Number(asked) + (flaws.resume === 'repeats' ? 0 : 1) : 1
  // A stream that takes no notice goes on with what is new.
  if (flaws.resume === 'ignored' && request.headers['last-event-id'] !== undefined) return say('data: new\nid: 9\n\n')
  for (let id = from; id <= 5; id++) say(`data: ${id}\n${flaws.noIds ? '' : `id: ${id}\n`}\n`)
  if (flaws.odd) say(flaws.odd)
  if (flaws.half) say('data: the rest is in a buf')
  if (flaws.endsInside) response.end('data: the rest was los')
}

interface Report {
  errors: number
  findings: { name: string; verdict: string; sent: string; seen: string; link: string; remedy?: string }[]
}

async function check(flaws: Flaws, ...args: string[]): Promise<{ code: number | null; report: Report }> {
  await using subject = await serve(server(flaws))
  const echo = `${subject.url}say?text={}`
  const watch = ['--watch', '900ms', '--timeout', '2500ms', '--readers', '4', '--echo', echo]
  const { code, stdout, stderr } = await run(['check', subject.url, ...watch, '--json', ...args])
  expect(stderr).toBe('')
  return { code, report: JSON.parse(stdout) as Report }
}

const verdictOf = ({ findings }: Report, rule: string): string | undefined =>
  findings.find(({ name }) => name === rule)?.verdict

describe('check', () => {
  it('finds nothing on a server that is right', async () => {
    const { code, report } = await check({})
    expect(report.findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    expect(code).toBe(0)
  })

  it.each<[rule: string, verdict: string, flaws: Flaws, args?: string[]]>([
    ['status', 'error', { status: 404 }],
    ['refusal', 'error', { status: 503 }],
    ['refusal', 'error', { most: 2 }],
    ['content-type', 'error', { headers: { 'content-type': 'text/plain' } }],
    ['cache-control', 'warning', { headers: { 'cache-control': 'max-age=60' } }],
    ['utf8', 'warning', { headers: { 'content-type': 'text/event-stream; charset=latin1' } }],
    ['opening', 'error', { neverOpens: true }],
    ['opening', 'warning', { lateHead: true, silent: true }],
    ['buffering', 'error', { half: true, silent: true }],
    ['heartbeat', 'error', { silent: true }, ['--idle-limit', '600ms']],
    ['ids', 'warning', { noIds: true }],
    ['resume', 'error', { resume: 'ignored' }],
    ['repeats', 'error', { resume: 'repeats' }],
    ['gap', 'error', { noGap: true }],
    ['truncation', 'error', { endsInside: true }],
    ['format', 'warning', { odd: 'nonsense\n\n' }],
    ['format', 'warning', { noIds: true, odd: 'data\n\n' }],
    [
      'cors',
      'error',
      { headers: { 'access-control-allow-origin': 'https://b.example' } },
      ['--origin', 'https://a.example'],
    ],
    ['cors-resume', 'error', { corsHeaders: 'authorization' }],
    ['compression', 'error', { zipped: true }],
    ['injection', 'error', { raw: true }],
  ])('%s: %s %j', async (rule, verdict, flaws, args = []) => {
    const { code, report } = await check(flaws, ...args)
    const found = report.findings.find(({ name, verdict: is }) => name === rule && is === verdict)
    expect(found, JSON.stringify(report.findings.find(({ name }) => name === rule))).toBeDefined()
    expect(found!.seen).not.toBe('')
    expect(found!.remedy).not.toBe('')
    expect(found!.link).toMatch(/^https:/)
    expect(code).toBe(report.errors > 0 ? 1 : 0)
    if (verdict === 'error') expect(verdictOf(report, rule)).toBe('error')
  })

  it('tells a proxy that buffers from a server that waits', async () => {
    await using direct = await serve(server({}))
    await using proxy = await serve(server({ neverOpens: true }))
    const { stdout } = await run(['check', proxy.url, '--direct', direct.url, '--timeout', '800ms', '--json'])
    expect(verdictOf(JSON.parse(stdout) as Report, 'buffering')).toBe('error')
  })

  it('writes TAP and JUnit', async () => {
    await using subject = await serve(server({ status: 404 }))
    const tap = await run(['check', subject.url, '--format', 'tap'])
    expect(tap.stdout).toMatch(/^TAP version 14\nnot ok 1 - audit: status\n {2}---\n {2}message: "sent: GET/)
    const junit = await run(['check', subject.url, '--format', 'junit'])
    expect(junit.stdout).toMatch(
      /^<\?xml .*<testsuite name="eventwire" tests="1" failures="1".*<failure message="status 404">/s,
    )
    expect([tap.code, junit.code]).toEqual([1, 1])
  })
})
