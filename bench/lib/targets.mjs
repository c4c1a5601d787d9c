// What the project sets out to reach, held against one run.
import { geometricMean } from './measure.mjs'
import { ratioOf, ratioText, rowOf } from './report.mjs'

const US = 'eventwire'
const LOWERED = 'eventwire, for ES2020'
const PEER = 'eventsource-parser'

/** `atLeast` and `atMost` take the ratios of one target, drop what did not run, and judge the worst of them. */
const atLeast = (what, limit, ratios) => judge(what, ratios, limit, Math.min, (value) => value >= limit, 'at least')
const atMost = (what, limit, ratios) => judge(what, ratios, limit, Math.max, (value) => value <= limit, 'at most')

function judge(what, ratios, limit, worst, isReached, word) {
  const known = ratios.filter((ratio) => Number.isFinite(ratio))
  if (known.length === 0) return { what, goal: `${word} ${limit}`, measured: undefined, verdict: 'not measured' }
  const measured = worst(...known)
  return {
    what,
    goal: `${word} ${limit}`,
    measured: ratioText(measured),
    verdict: isReached(measured) ? 'reached' : 'missed',
  }
}

export function targets({
  parser = [],
  response = [],
  encoder = [],
  client = [],
  linear = [],
  size = [],
  memory = [],
}) {
  const friendly = parser.filter(({ hostile }) => !hostile)
  const faster = (results) => results.map((result) => ratioOf(result, PEER, US))
  const named = (part, kind) =>
    friendly.filter((result) => result.name.startsWith(part) && (!kind || result.kind === kind))
  const routes = (name) =>
    response
      .filter((result) => result.name === name)
      .map((result) => ratioOf(result, 'TextDecoderStream + EventSourceParserStream', US))
  const oneLine = encoder.filter(({ name }) => name.startsWith('one-line'))
  const all = faster(friendly).filter(Number.isFinite)
  return [
    atLeast('parser, every workload', 1, all),
    atLeast('parser, geometric mean', 1.45, all.length ? [geometricMean(all)] : []),
    atLeast('parser, hostile shapes', 1, faster(parser.filter(({ hostile }) => hostile))),
    atLeast('parser, emoji-mixed bytes', 4, faster(named('ASCII, an emoji', 'bytes'))),
    atLeast('parser, CRLF', 1.4, faster(named('CRLF'))),
    atLeast(
      'parser, one event per chunk, bytes',
      1.3,
      faster([...named('LLM', 'bytes'), ...named('event + data, 130 B, one', 'bytes')]),
    ),
    atMost(
      'parser, one-line ASCII text, over the floor',
      1.25,
      friendly.filter(({ single, kind }) => single && kind === 'text').map((result) => ratioOf(result, US, 'floor')),
    ),
    atMost(
      'parser lowered to ES2020, geometric mean over itself',
      1.2,
      all.length ? [geometricMean(friendly.map((result) => ratioOf(result, LOWERED, US)).filter(Number.isFinite))] : [],
    ),
    atLeast('response to events, one event per chunk', 5, routes('one event per chunk')),
    atLeast('response to events, 16 KB chunks', 4, routes('16 KB chunks')),
    atLeast(
      'encoder, one-line data',
      2,
      oneLine.map((result) => ratioOf(result, 'eventsource-encoder', US)),
    ),
    atMost(
      'encoder, one-line data, over a template literal',
      1.2,
      oneLine.map((result) => ratioOf(result, US, 'template literal')),
    ),
    atMost(
      'client, over fetch thrown away',
      1.5,
      client.map((result) => ratioOf(result, 'eventwire connect()', 'fetch, thrown away')),
    ),
    atMost(
      'twice the input',
      2.2,
      linear.map((result) => rowOf(result, US)?.growth),
    ),
    atMost(
      '600 kept strings, MiB',
      20,
      memory.slice(0, 1).map((result) => rowOf(result, US)?.retained / 2 ** 20),
    ),
    ...size.flatMap(({ rows }) =>
      rows
        .filter(({ ceiling }) => ceiling)
        .map(({ name, gzip, ceiling }) => atMost(`size, ${name}, kB`, ceiling / 1000, [gzip / 1000])),
    ),
  ]
}

export function targetTable(list) {
  const lines = list.map(({ what, goal, measured, verdict }) => [what, goal, measured ?? '', verdict])
  return { head: ['target', 'goal', 'measured', 'verdict'], lines }
}
