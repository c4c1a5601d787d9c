// `npm start`: numbered ticks from a real server, through a saboteur that keeps cutting the connection and kills the server,
// into a client that resumes. Keeps the score: nothing may be lost, nothing may come twice.
import { parseArgs, styleText } from 'node:util'
import { connect } from 'eventwire/client'
import { startInspector } from '../../dist/cli/inspector.js'
import { startSaboteur } from './saboteur.mjs'
import { startTicker } from './ticker.mjs'

const USAGE = `usage: npm start -- [--for DURATION] [--interval DURATION]

  --for DURATION       end by itself after that long (10s, 500ms, 2m); default: until Ctrl-C
  --interval DURATION  time between two ticks; default: 100ms

exit code: 0, or 1 if an event was lost or repeated or a reader stayed, or 2 for a wrong argument`

/** What a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1
const UNITS = { ms: 1, s: 1000, m: 60_000 }
/** How long the last ticks may take to arrive once the saboteur has calmed down. */
const SETTLE_MS = 60_000
/** Bytes a connection carries before it is cut: the response's head and a few ticks. */
const SPARED = { min: 400, max: 1400 }

const options = readArguments()
const paint = (style, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text)
const score = { received: 0, lost: 0, repeated: 0, cuts: 0, inEvent: 0, kills: 0, gaps: 0 }

let last
let isEnding = false
let reachedEnd = () => {}

// A reader such as `head` may leave first.
process.stdout.on('error', () => process.exit(0))

const ticker = await startTicker(options.interval)
const saboteur = await startSaboteur(ticker.port, {
  spare: () => SPARED.min + Math.floor(Math.random() * (SPARED.max - SPARED.min)),
  onCut(inEvent) {
    score.cuts++
    if (inEvent) score.inEvent++
    console.log(paint('red', inEvent ? 'cut      in the middle of an event' : 'cut      between two events'))
  },
  kill: ticker.isDurable ? killServer : undefined,
})

function killServer() {
  if (isEnding) return
  score.kills++
  console.log(paint('red', 'killed   the server, with SIGKILL'))
  void ticker.restart()
}

const connection = connect(saboteur.url, {
  decode: { tick: JSON.parse, reset: JSON.parse },
  backoff: { min: options.interval },
  onOpen(_response, attempt) {
    const from = attempt.lastEventId === '' ? 'live' : `after ${attempt.lastEventId}`
    console.log(paint('green', `${attempt.number === 1 ? 'opened ' : 'resumed'}  ${from}`))
  },
})
const inspector = await startInspector({
  stage: {
    url: saboteur.url,
    name: 'the ticker of npm start, through its saboteur',
    restart: killServer,
    trim: ticker.trim,
    score: () => score,
  },
})
console.log(`page      ${inspector.url} shows this stream, and lets you break it`)
console.log(
  ticker.isDurable
    ? 'history   is in a SQLite file, so that it survives the server'
    : 'history   is in memory, because this Node has no SQLite: the server is not killed',
)
console.log(`ticker at ${saboteur.url}, a tick every ${options.interval} ms${options.for ? '' : '; Ctrl-C ends'}`)

async function finish() {
  if (isEnding) return
  isEnding = true
  saboteur.calmDown()
  await ticker.stop()
  await new Promise((resolve) => {
    reachedEnd = resolve
    if (last === undefined || last >= ticker.last) resolve()
    else setTimeout(resolve, SETTLE_MS).unref()
  })
  await connection.close()
}

process.once('SIGINT', finish)
process.once('SIGTERM', finish)
if (options.for) setTimeout(finish, options.for)

for await (const { event, data } of connection) {
  // Nothing else than a trim of the history is told as a gap here.
  if (event === 'reset') {
    score.gaps++
    last = undefined
    console.log(paint('yellow', `gap      told: ${data.reason}`))
    continue
  }
  const { number } = data
  if (last !== undefined && number <= last) {
    score.repeated++
    console.log(paint('red', `tick ${number} came again`))
    continue
  }
  if (last !== undefined) score.lost += number - last - 1
  last = number
  score.received++
  console.log(`tick     ${number}`)
  if (isEnding && number >= ticker.last) reachedEnd()
}

if (last !== undefined) score.lost += ticker.last - last
await saboteur.close()
const readers = await ticker.close()
await inspector.close()
console.log(
  `received ${score.received}, lost ${score.lost}, repeated ${score.repeated}; ` +
    `${score.cuts} cuts, ${score.inEvent} of them in the middle of an event; ${score.kills} kills of the server; ` +
    `${score.gaps} gaps told; ${readers} readers left behind`,
)
process.exitCode = score.lost + score.repeated + readers === 0 ? 0 : 1

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { for: { type: 'string' }, interval: { type: 'string', default: '100ms' }, help: { type: 'boolean' } },
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    return {
      for: values.for === undefined ? undefined : toMilliseconds('for', values.for),
      interval: toMilliseconds('interval', values.interval),
    }
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
}

function toMilliseconds(name, text) {
  const [, count, unit] = /^(\d+)(ms|s|m)$/.exec(text) ?? []
  const ms = Number(count) * UNITS[unit]
  if (!(ms > 0)) throw new TypeError(`--${name} takes a duration such as 500ms, 10s or 2m, not "${text}"`)
  if (ms > LONGEST_MS) throw new TypeError(`--${name} takes up to ${LONGEST_MS} ms (24 days), not "${text}"`)
  return ms
}
