import { equal, isTrue, specify, type Setting, type SpecifyOptions } from './eventsource/specify.js'
import type { Answer } from './eventsource/stage.js'

/** Milliseconds between the end of each answer and the next request, as the server saw them, or a little more. */
async function pauses({ stage, play }: Setting, answers: Answer[]): Promise<number[]> {
  const { url, requests } = await stage(answers)
  await play(url)
  const times = (await requests(answers.length + 1)).map(({ time }) => time)
  return times.slice(1).map((time, index) => time - times[index]!)
}

/**
 * @param until the nearest wrong pause: all of it is slack for a machine that is busy. By default what a source
 *   waits without a `retry`
 */
function isAbout(ms: number, pause: number, until = 2900): void {
  isTrue(pause >= ms - 10 && pause < until, `${pause} is about ${ms}`)
}

specify('retry sets the reconnection time, for later connections too', async (setting) => {
  const [first, second] = await pauses(setting, [[{ bytes: 'retry: 700\ndata: a\n\n' }], [{ bytes: 'data: b\n\n' }]])
  isAbout(700, first!)
  isAbout(700, second!)
})

specify('retry of 03000 is 3000 milliseconds', async (setting) => {
  const [pause] = await pauses(setting, [[{ bytes: 'retry: 03000\ndata: a\n\n' }]])
  isAbout(3000, pause!, 30_000)
})

specify('until a retry comes it takes a few seconds', async (setting) => {
  const [pause] = await pauses(setting, [[{ bytes: 'data: a\n\n' }]])
  isTrue(pause! >= 1000 && pause! < 30_000, `${pause} is a few seconds`)
})

/** Sets the time to `ms`, then sends lines that should change nothing. */
function expectIgnored(rule: string, values: string[], options?: SpecifyOptions, ms = 600): void {
  const body = async (setting: Setting): Promise<void> => {
    const lines = values.map((value) => `retry: ${value}\n`).join('')
    const [pause] = await pauses(setting, [[{ bytes: `retry: ${ms}\n${lines}data: a\n\n` }]])
    isAbout(ms, pause!, options ? undefined : 9000)
  }
  specify(rule, body, options)
}

// Far from both wrong pauses, half a second and three.
expectIgnored('an empty retry changes nothing', [''], { differs: 'emptyRetry' }, 1700)
expectIgnored('a retry with anything but digits changes nothing', [
  'x',
  '-9000',
  '+9000',
  '9000x',
  '9.0',
  '1e9',
  '0x9000',
])
expectIgnored('a retry with white space changes nothing', [' 9000', '9000 ', '\t9000', ' '])
expectIgnored('a retry of digits beyond ASCII changes nothing', ['９０００', '٩٠٠٠'])
expectIgnored('a retry with NUL changes nothing', ['9000\0', '\x009000', '90\x0000'], { differs: 'nulInRetry' })

specify(
  'a retry counts as soon as its line ends, in an unfinished block too',
  async ({ stage, open, record }) => {
    const {
      url,
      requests,
      open: openGate,
    } = await stage([
      [{ bytes: 'retry: 9000\ndata: a\n\nretry: 600\ndata: b\n' }, { gate: 'cut' }, { cut: 'fin' }],
      [{ event: { data: 'c' } }, { stall: true }],
    ])
    const source = open(url)
    const { until } = record(source)
    await until(2)
    const before = performance.now()
    await openGate('cut')
    await until(4)
    const pause = performance.now() - before
    isAbout(600, pause, 9000)
    equal((await requests(2)).length, 2)
  },
  { differs: 'retryAtOnce' },
)

function expectLongWait(rule: string, value: string, options?: SpecifyOptions): void {
  const body = async ({ stage, open, record, play }: Setting): Promise<void> => {
    const { url, requests } = await stage([[{ bytes: `retry: ${value}\ndata: a\n\n` }], []])
    const source = open(url)
    await record(source).until(3)
    const other = await stage([[{ bytes: 'retry: 1200\n\n' }]])
    await play(other.url)
    equal([(await requests(1)).length, source.readyState], [1, 0])
  }
  specify(rule, body, options)
}

expectLongWait('a retry above what a timer can keep is a long wait', '2147483648', { differs: 'hugeRetry' })
expectLongWait('a retry of years is a long wait', '99999999999', { differs: 'hugeRetry' })
expectLongWait('a retry that no number can hold is a long wait', '1' + '0'.repeat(400), { differs: 'endlessRetry' })
