import Table from 'cli-table3'
import { toTap, type SuiteResult } from 'eventwire/testing'
import { paintFor, visible, jsonLine } from '../terminal/paint.js'
import type { ReportFormat } from './report-format.js'
import { RULES, type Finding, type Verdict } from './rules.js'

/** A line of a report, of an audit or of a suite. */
export interface Row {
  readonly suite: string
  readonly name: string
  readonly title: string
  readonly verdict: Verdict
  readonly link: string
  readonly sent?: string
  readonly seen: string
  readonly remedy?: string
}

export const rowOfFinding = ({ rule, verdict, sent, seen }: Finding): Row => {
  const { title, link, remedy } = RULES[rule]
  const isWrong = verdict === 'error' || verdict === 'warning'
  return { suite: 'audit', name: rule, title, verdict, link, sent, seen, ...(isWrong && { remedy }) }
}

const VERDICTS = { pass: 'pass', fail: 'error', skip: 'skip' } as const

export const rowOfResult = ({ suite, name, rule, section, status, message = '' }: SuiteResult): Row => ({
  suite,
  name,
  title: rule,
  verdict: VERDICTS[status],
  link: section,
  seen: message,
})

export const countOf = (rows: readonly Row[], verdict: Verdict): number =>
  rows.filter((row) => row.verdict === verdict).length

/** The whole report as text. */
export async function report(rows: readonly Row[], format: ReportFormat): Promise<string> {
  if (format === 'json') return json(rows)
  if (format === 'tap') return toTap(rows.map(resultOf))
  return format === 'junit' ? junit(rows) : table(rows)
}

function json(rows: readonly Row[]): string {
  const counts = { errors: countOf(rows, 'error'), warnings: countOf(rows, 'warning'), passed: countOf(rows, 'pass') }
  return `${jsonLine({ ...counts, skipped: countOf(rows, 'skip'), findings: rows })}\n`
}

/** Warnings are no failures; TAP has a directive for what should be looked at. */
function resultOf({ suite, name, title, verdict, link, sent, seen, remedy }: Row): SuiteResult {
  const about = { suite, name, rule: title, section: link }
  if (verdict === 'pass') return { ...about, status: 'pass' }
  if (verdict === 'skip') return { ...about, status: 'skip', message: seen }
  if (verdict === 'warning') return { ...about, status: 'skip', message: `warning: ${seen}` }
  const told = [sent && `sent: ${sent}`, `seen: ${seen}`, remedy && `remedy: ${remedy}`].filter(Boolean).join('; ')
  return { ...about, status: 'fail', message: told }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }
// XML has no way to write control characters.
const xml = (text: string): string => visible(text).replaceAll(/[&<>"\n]/g, (char) => ENTITIES[char]!)

function junit(rows: readonly Row[]): string {
  const cases = rows.map((row) => {
    const open = `  <testcase classname="eventwire.${xml(row.suite)}" name="${xml(row.name)}"`
    const about = `sent: ${row.sent ?? ''}\nseen: ${row.seen}\nrule: ${row.title} (${row.link})\nremedy: ${row.remedy ?? ''}`
    if (row.verdict === 'error') return `${open}><failure message="${xml(row.seen)}">${xml(about)}</failure></testcase>`
    if (row.verdict === 'skip') return `${open}><skipped message="${xml(row.seen)}"/></testcase>`
    if (row.verdict === 'warning') return `${open}><system-out>${xml(`warning\n${about}`)}</system-out></testcase>`
    return `${open}/>`
  })
  const counts = `tests="${rows.length}" failures="${countOf(rows, 'error')}" skipped="${countOf(rows, 'skip')}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="eventwire" ${counts}>\n${cases.join('\n')}\n</testsuite>\n`
}

const some = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function table(rows: readonly Row[]): string {
  const paint = paintFor(process.stdout)
  const colors = { pass: paint.green, warning: paint.yellow, error: paint.red, skip: paint.dim }
  const width = Math.min(process.stdout.columns ?? 110, 140)
  // The cases of a suite have sentences for names.
  const nameWidth = Math.min(Math.max(16, ...rows.map(({ name }) => name.length + 2)), Math.ceil(width / 2))
  const grid = new Table({
    head: ['', 'rule', 'seen'],
    colWidths: [9, nameWidth, Math.max(30, width - nameWidth - 15)],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const row of rows) {
    grid.push([colors[row.verdict](row.verdict), visible(row.name), visible(row.seen)])
  }
  const wrong = rows.filter(({ verdict }) => verdict === 'error' || verdict === 'warning')
  const details = wrong.map((row) => {
    const lines = [
      row.sent && `sent    ${visible(row.sent)}`,
      `seen    ${visible(row.seen)}`,
      `rule    ${row.link}`,
      row.remedy && `remedy  ${row.remedy}`,
    ]
    const body = lines.filter(Boolean).map((line) => `  ${line}\n`)
    return `\n${colors[row.verdict](row.verdict)}  ${row.title}\n${body.join('')}`
  })
  const sum = `${some(countOf(rows, 'error'), 'error')}, ${some(countOf(rows, 'warning'), 'warning')}, ${countOf(rows, 'pass')} passed, ${countOf(rows, 'skip')} skipped`
  return `${grid.toString()}\n${details.join('')}\n${sum}\n`
}
