import { pinned } from './catalogue.mjs'

const COLUMNS = {
  plain: 'plain',
  lines: 'multi-line',
  unicode: 'Unicode',
  separators: 'U+2028',
  big: '1 MB',
  cut: 'cut',
  retry: 'retry',
  gap: 'gap',
  ids: 'id',
  end: 'end',
  refusal: 'refusal',
  delay: 'delay',
  loss: 'loss',
}

const KINDS = {
  reader: ['Readers of our server', 'reader'],
  server: ['Servers read by our client', 'server'],
  between: ['Between server and client', 'between them'],
}

const MARKS = { yes: 'yes', set: 'set', no: 'no', none: '–' }

/** docs/interop.md, from the results of a full run. */
export function page({ node, peers: rows }) {
  const dates = [...new Set(rows.map(({ date }) => date))].toSorted()
  return `${head({ node, dates, count: rows.length })}
${Object.keys(KINDS)
  .map((kind) =>
    section(
      kind,
      rows.filter((row) => row.kind === kind),
    ),
  )
  .join('\n')}`
}

function head({ node, dates, count }) {
  return `# Beside others

${count} clients, servers and proxies of other people, each tried with eventwire over real sockets. Written by \`npm run interop\` on ${dates.join(' and ')}
with Node ${node}, from what happened then; nothing here is written by hand but the notes on what to set, and each of those is tried with
and without.

\`npm run interop -- curl hono\` tries some of them, \`-- --list\` names them all. One that is missing on your machine is told with how to get it.

## What is exchanged

| | |
| --- | --- |
| plain | three events with types and ids, each sent only after the one before it has arrived: nothing on the way may hold them back |
| multi-line | data of several lines, empty and indented ones among them |
| Unicode | letters of several scripts, emoji, a byte order mark inside; the bytes come in pieces of three, so that characters are cut |
| U+2028 | line and paragraph separators, U+0085, form feed: no line ends in an event stream |
| 1 MB | one event with a mebibyte of data |
| cut | the connection is lost inside an event of 64 KiB; after the return each event has arrived once, in order, and the reader has asked with the id of the last whole one |
| retry | \`retry: 500\`, then a loss: the reader is back after half a second and not at its own time |
| gap | the history no longer reaches back to what the reader has: it gets the event that tells so, then goes on |
| id | an id outside ASCII comes back as it was |
| end | the stream ends; where the reader comes back it is answered 204, which ends an \`EventSource\` |
| delay | how long an event is on its way; less than 25 ms is none |
| loss | a client that does not come back sees that the stream was lost, and not that it ended |
| refusal | there is no room: the reader comes back when there is, or is told |

**yes**: as it should be. **set**: with what the notes say, and not without. **no**: not as it should be; the notes say what to do instead. **–**: there is nothing to try.
**by hand**: it reads one answer, and its user asks again with \`Last-Event-ID\`. **back**: it comes back by itself. **204**: our client comes back, and the answer 204 ends it. **ends**: it takes the end of the stream for the end.
**told**: it tells its user of the refusal.
`
}

function section(kind, rows) {
  if (rows.length === 0) return ''
  const [title, first] = KINDS[kind]
  const columns = Object.keys(COLUMNS).filter((name) => rows.some((row) => find(row, name)))
  const table = [
    [first, ...columns.map((name) => COLUMNS[name])],
    ['---', ...columns.map(() => '---')],
    ...rows.map((row) => [label(row), ...columns.map((name) => cell(find(row, name)))]),
  ]
  const notes = rows.flatMap((row) => note(row))
  return `## ${title}

${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

${notes.join('\n')}
`
}

const find = (row, name) => row.exchanges.find(({ exchange }) => exchange === name)

const cell = (result) => {
  if (result === undefined) return MARKS.none
  return result.status === 'yes' && result.text ? result.text : MARKS[result.status]
}

const label = ({ name: peer, versions }) => {
  const isNamed = (name) => peer === name || [' ', ','].some((end) => peer.startsWith(name + end))
  const list = Object.entries(versions).map(([name, version]) => (isNamed(name) ? version : `${name} ${version}`))
  return list.length === 0 ? peer : `${peer} (${list.join(', ')})`
}

/** What the table cannot say of a peer in one word. The same word for several exchanges is said once. */
function note({ name, about, exchanges }) {
  const said = new Map()
  for (const { exchange, status, text, advice } of exchanges) {
    const words = {
      set: `set ${text}`,
      no: `${advice} (seen: ${escape(String(text))})`,
      none: `– ${text}`,
    }[status]
    if (words) said.set(words, [...(said.get(words) ?? []), COLUMNS[exchange]])
  }
  const lines = [...said].map(([words, names]) => `${names.join(', ')}: ${words}`)
  if (about) lines.unshift(about)
  return lines.length === 0 ? [] : [`- **${name}**`, ...lines.map((line) => `  - ${line}`)]
}

const escape = (text) => text.replaceAll('|', '\\|').replaceAll(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;'))

/** Where the page is not that of the results, or the results are not of the packages that are pinned. */
export function stale(results, text) {
  const faults = text === page(results) ? [] : ['docs/interop.md is not what test/interop/results.json says']
  for (const { name, npm = [], versions } of results.peers) {
    const old = npm.find((each) => !Object.values(versions).includes(pinned(each)))
    if (old !== undefined) faults.push(`${name} was tried with another version than the pinned ${pinned(old)}`)
  }
  return faults
}
