import { describe, expect, it } from 'vitest'
import { toJson, toTap } from '../../../../src/testing/suites/format.js'
import { createSuite, expectSame, type SuiteResult } from '../../../../src/testing/suites/suite.js'

const about = { rule: 'The rule.', section: 'https://example.com/#rule' }

const suite = createSuite({
  name: 'sample',
  cases: [
    { name: 'holds', ...about, run: () => {} },
    { name: 'does not # hold', ...about, run: () => expectSame('lines', 'a\nb', 'c') },
    { name: 'needs more', ...about, needs: ['more'], run: () => expectSame('never run', 1, 2) },
    { name: 'has nothing to look at', ...about, run: () => 'there was\nnothing' },
  ],
  context: undefined,
  without: ['more'],
  abilities: { more: 'the adapter has no more' },
})

describe('a suite', () => {
  it('yields a result for each case, with rule and section', async () => {
    const results: SuiteResult[] = []
    for await (const result of suite) results.push(result)
    expect(results).toEqual([
      { suite: 'sample', name: 'holds', ...about, status: 'pass' },
      {
        suite: 'sample',
        name: 'does not # hold',
        ...about,
        status: 'fail',
        message: 'lines: expected "c", got "a\\nb"',
      },
      { suite: 'sample', name: 'needs more', ...about, status: 'skip', message: 'the adapter has no more' },
      { suite: 'sample', name: 'has nothing to look at', ...about, status: 'skip', message: 'there was\nnothing' },
    ])
  })

  it('hands its cases to a test runner', async () => {
    const [holds, fails, skipped, nothing] = suite.cases
    expect(await holds!.run()).toBeUndefined()
    await expect(fails!.run()).rejects.toMatchObject({ name: 'ConformanceError', code: 'ERR_CONFORMANCE' })
    expect(skipped!.skip).toBe('the adapter has no more')
    expect(await nothing!.run()).toBe('there was\nnothing')
  })

  it('shows long values by their beginning', () => {
    expect(() => expectSame('text', 'x'.repeat(9999), 'y')).toThrow(/x{400}\.\.\. \(10001 characters\)/)
  })
})

describe('toTap', () => {
  it('writes TAP 14', async () => {
    expect(await toTap(suite)).toBe(
      `TAP version 14
ok 1 - sample: holds
not ok 2 - sample: does not \\# hold
  ---
  message: "lines: expected \\"c\\", got \\"a\\\\nb\\""
  rule: "The rule."
  section: "https://example.com/#rule"
  ...
ok 3 - sample: needs more # SKIP the adapter has no more
ok 4 - sample: has nothing to look at # SKIP there was nothing
1..4
`,
    )
  })
})

describe('toJson', () => {
  it('counts and lists the results', async () => {
    const results: SuiteResult[] = []
    for await (const result of suite) results.push(result)
    expect(JSON.parse(await toJson(results))).toEqual({ total: 4, passed: 1, failed: 1, skipped: 2, results })
  })
})
