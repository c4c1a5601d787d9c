import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { Parser as TapParser, type Result } from 'tap-parser'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { run, start, type Ran } from '../support/cli.js'
import { flawedServer } from '../support/check/flawed-server.js'
import { serve } from '../support/servers/http.js'

const FORMATS = ['table', 'tap', 'json', 'junit'] as const

/** One error, some warnings, some passed, some skipped. */
const FLAWS = { noIds: true, corsHeaders: 'authorization', headers: { 'cache-control': 'max-age=60' } }

describe('the report of an audit', () => {
  let reports: Record<(typeof FORMATS)[number], Ran>
  let url: string

  beforeAll(async () => {
    await using subject = await serve(flawedServer(FLAWS))
    url = subject.url
    const runs = FORMATS.map((format) => run(['check', url, '--watch', '600ms', '--format', format]))
    const [table, tap, json, junit] = await Promise.all(runs)
    reports = { table: table!, tap: tap!, json: json!, junit: junit! }
  })

  it('fails on errors, and writes nothing beside the report', () => {
    for (const { code, stderr } of Object.values(reports)) expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  })

  it('is a table, with what was sent and seen, the rule and the remedy', async () => {
    const text = reports.table.stdout
      .replaceAll(/\b\d+(?:\.\d+)?(?= (?:ms|s|reads|comments)\b)/g, 'N')
      .replaceAll(/ +│/g, ' │')
    await expect(text).toMatchFileSnapshot('golden/check-table.txt')
  })

  it('is TAP that a parser of TAP reads', () => {
    const results: Result[] = []
    const parser = new TapParser({ strict: true })
    parser.on('assert', (result: Result) => results.push(result))
    parser.end(reports.tap.stdout)
    expect(parser.failures.map(({ name }) => name)).toEqual(['audit: cors-resume'])
    const diag = results.find(({ ok }) => !ok)!.diag as { message: string }
    expect(diag.message).toMatch(/^sent: OPTIONS .*; seen: status 204, .*; remedy: /)
    expect(results.find(({ name }) => name === 'audit: ids')!.skip).toMatch(/^warning: none of \d events has an id/)
  })

  it('is JUnit that a parser of XML reads', () => {
    expect(XMLValidator.validate(reports.junit.stdout)).toBe(true)
    const xml = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(reports.junit.stdout) as {
      testsuite: { tests: string; failures: string; testcase: { name: string; failure?: { message: string } }[] }
    }
    const { tests, failures, testcase } = xml.testsuite
    expect([Number(tests), Number(failures)]).toEqual([testcase.length, 1])
    const failed = testcase.filter(({ failure }) => failure)
    expect(failed.map(({ name }) => name)).toEqual(['cors-resume'])
    expect(failed[0]!.failure!.message).toContain('access-control-allow-headers: authorization')
  })

  it('is JSON of the shape that docs/cli.md tells', () => {
    const finding = z.strictObject({
      suite: z.literal('audit'),
      name: z.string(),
      title: z.string(),
      verdict: z.enum(['pass', 'warning', 'error', 'skip']),
      link: z.url(),
      sent: z.string().min(1),
      seen: z.string().min(1),
      remedy: z.string().min(1).optional(),
    })
    const counts = { errors: z.number(), warnings: z.number(), passed: z.number(), skipped: z.number() }
    const report = z.strictObject({ ...counts, findings: z.array(finding) }).parse(JSON.parse(reports.json.stdout))
    expect(report).toMatchObject({ errors: 1, warnings: 2 })
    for (const { verdict, remedy } of report.findings) {
      expect(remedy !== undefined).toBe(verdict === 'error' || verdict === 'warning')
    }
  })
})

describe('the suites', () => {
  const adapter = (name: string): string =>
    fileURLToPath(new URL(`../support/check/adapters/${name}.mjs`, import.meta.url))

  it.each([
    ['--parser', 'our-parser', 0],
    ['--parser', 'peer-parser', 1],
    ['--client', 'our-client', 0],
    ['--client', 'peer-client', 1],
  ])('check %s %s', async (option, name, code) => {
    const ran = await run(['check', option, adapter(name), '--json'])
    const report = JSON.parse(ran.stdout) as { errors: number; passed: number; findings: { seen: string }[] }
    expect(report.passed).toBeGreaterThan(40)
    expect(ran.code).toBe(code)
    expect(report.errors > 0).toBe(code === 1)
  })

  it('ends where the module left something running', async () => {
    const ran = await run(['check', '--parser', adapter('left-running'), '--json'])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
  })

  it.each(['never-loads', 'never-ends', 'never-answers'])('Ctrl-C is heard while a module %s', async (name) => {
    const kind = name === 'never-answers' ? '--client' : '--parser'
    const check = start(['check', kind, adapter(name), '--timeout', '10m'])
    await check.says(/it begins/)
    check.child.kill('SIGINT')
    const { code, stderr } = await check.done
    expect(code).toBe(130)
    expect(stderr.replaceAll('it begins\n', '')).toBe('eventwire: interrupted before there was an answer\n')
  })

  it('says so where the module ends its process', async () => {
    const { code, stderr } = await run(['check', '--parser', adapter('exits')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^eventwire: \S+exits\.mjs ended before the suite did\n$/)
  })

  it('says what is wrong with a module', async () => {
    const ran = await Promise.all(
      ['event-source', 'throws', 'wrong-without'].map((name) => run(['check', '--parser', adapter(name)])),
    )
    expect(ran.map(({ code }) => code)).toEqual([2, 2, 2])
    expect(ran.map(({ stderr }) => stderr.replace(/\S+adapters\//, ''))).toEqual([
      'eventwire: event-source.mjs has no function as its default export; see docs/cli.md for an adapter\n',
      'eventwire: cannot load throws.mjs: not today\n',
      expect.stringMatching(/^eventwire: wrong-without\.mjs: .*without.*\n$/),
    ])
  })
})
