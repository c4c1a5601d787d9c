// `npm run docs -- figures`: writes the table of figures in README.md from what the benchmarks found. `--check` fails where
// it is not current.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const fileAt = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const read = (path) => JSON.parse(readFileSync(fileAt(path), 'utf8'))

const [START, END] = ['<!-- figures: npm run docs -- figures -->\n', '<!-- end of figures -->']

const { runs } = read('bench/results.json')
const { node, machine, date, tables } = runs.find((run) => run.node?.startsWith('24.')) ?? runs[0]
const server = read('bench/results-server.json')

const plain = (number) => (number >= 10 ? number.toFixed(0) : number.toFixed(number < 1 ? 2 : 1))

/** The median times of the others, as multiples of ours. */
function multiples(table, name, ours, others) {
  const rows = tables[table].find((result) => result.name === name)?.rows ?? []
  const medianOf = (who) => rows.find((row) => row.name === who)?.median
  return others
    .filter((who) => medianOf(who) !== undefined)
    .map((who) => `${who} ${plain(medianOf(who) / medianOf(ours))}`)
    .join(', ')
}

function parserFigure(other) {
  const ratios = tables.parser
    .map(({ rows }) => ['eventwire', other].map((who) => rows.find(({ name }) => name === who)?.median))
    .filter((pair) => pair.every((median) => median !== undefined))
    .map(([ours, theirs]) => theirs / ours)
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
  return {
    workloads: ratios.length,
    text: `${other} ${plain(mean)}, from ${plain(Math.min(...ratios))} to ${plain(Math.max(...ratios))}`,
  }
}

function serverFigure(valueOf, others) {
  const { rows } = server.broadcast
  const valueFor = (who) => valueOf(rows.find(({ name }) => name === who))
  return others.map((who) => `${who} ${plain(valueFor(who) / valueFor('eventwire'))}`).join(', ')
}

function sizeFigure(groups) {
  const sizeOf = (who) => tables.size[0].rows.find(({ name }) => name === who)?.gzip
  const kilobytes = (who) => (sizeOf(who) === undefined ? undefined : `${who} ${(sizeOf(who) / 1000).toFixed(1)}`)
  return groups.map((group) => group.map(kilobytes).filter(Boolean).join(', ')).join('; ')
}

const parser = parserFigure('eventsource-parser')
const bench = (table) => `\`npm run bench -- --table ${table}\``
const CLIENTS = ['eventsource-client', '@microsoft/fetch-event-source', 'event-source-plus']
const BURST = '300,000 events in 64 KB writes'
const lines = [
  ['what was measured', 'times ours; above 1 is slower or more', 'command'],
  ['---', '---', '---'],
  [`parser, mean and range of ${parser.workloads} workloads`, parser.text, bench('parser')],
  [
    'encoder, an event of 130 B',
    multiples('encoder', 'one-line data, 130 B', 'eventwire', ['eventsource-encoder']),
    bench('encoder'),
  ],
  [
    'loop over a response, an event in each chunk',
    multiples('response', 'one event per chunk', 'eventwire', [
      'TextDecoderStream + EventSourceParserStream',
      'parse-sse',
      'openai',
    ]),
    bench('response'),
  ],
  [
    '`connect()`, 300,000 events from a socket',
    multiples('client', BURST, 'eventwire connect()', CLIENTS),
    bench('client'),
  ],
  [
    '`EventSource`, the same',
    multiples('client', BURST, 'eventwire EventSource', ['eventsource', 'undici EventSource']),
    bench('client'),
  ],
  [
    'channel, CPU of a reader and event, 8 events a tick',
    serverFigure((row) => row['8'].cpu, ['better-sse', 'hono']),
    '`npm run bench:server`',
  ],
  [
    'channel, heap of an idle reader',
    serverFigure(({ heap }) => heap, ['better-sse', 'hono']),
    '`npm run bench:server`',
  ],
  [
    'size in kB, minified and gzipped',
    sizeFigure([
      ['parser', 'eventsource-parser'],
      ['client', ...CLIENTS],
      ['EventSource', 'eventsource'],
    ]),
    bench('size'),
  ],
]
const table = [
  ...lines.map((cells) => `| ${cells.join(' | ')} |`),
  '',
  `Node ${node}, ${machine.cpu}, ${machine.cores} cores, ${date.slice(0, 10)}; the channel on Node ${server.machine.node.replace('v', '')}.`,
  '',
].join('\n')

const readme = readFileSync(fileAt('README.md'), 'utf8')
const [start, end] = [readme.indexOf(START) + START.length, readme.indexOf(END)]
if (start < START.length || end < 0) throw new Error('README.md has no place for the figures')
const fresh = `${readme.slice(0, start)}\n${table}\n${readme.slice(end)}`
if (!process.argv.includes('--check')) {
  writeFileSync(fileAt('README.md'), fresh)
} else if (fresh !== readme) {
  console.error('The figures in README.md are not current. Run `npm run docs -- figures`.')
  process.exitCode = 1
}
