import { equal, isTrue, specify, type Setting } from './eventsource/specify.js'
import type { Answer } from './eventsource/stage.js'

/** Milliseconds between the end of each answer and the next request, as the server saw them, or a little more. */
async function pauses({ stage, play }: Setting, answers: Answer[]): Promise<number[]> {
  const { url, requests } = await stage(answers)
  await play(url)
  const times = (await requests(answers.length + 1)).map(({ time }) => time)
  return times.slice(1).map((time, index) => time - times[index]!)
}

specify('retry sets the reconnection time, for later connections too', async (setting) => {
  const [first, second] = await pauses(setting, [[{ bytes: 'retry: 700\ndata: a\n\n' }], [{ bytes: 'data: b\n\n' }]])
  isTrue(first! >= 690 && first! < 2500, `${first} is about 700`)
  isTrue(second! >= 690 && second! < 2500, `${second} is about 700`)
})

specify('retry of 03000 is 3000 milliseconds', async (setting) => {
  const [pause] = await pauses(setting, [[{ bytes: 'retry: 03000\ndata: a\n\n' }]])
  isTrue(pause! >= 2990 && pause! < 5000, `${pause} is about 3000`)
})

specify('until a retry comes it takes a few seconds', async (setting) => {
  const [pause] = await pauses(setting, [[{ bytes: 'data: a\n\n' }]])
  isTrue(pause! >= 1000 && pause! < 10_000, `${pause} is a few seconds`)
})

const NOT_DIGITS = [
  '',
  ' ',
  '1e9',
  '9000x',
  '-9000',
  '+9000',
  ' 9000',
  '9000 ',
  '0x9000',
  '9.0',
  '９０００',
  '9\x00000',
]

specify('a retry that is not of ASCII digits alone changes nothing', async (setting) => {
  const lines = NOT_DIGITS.map((value) => `retry: ${value}\n`).join('')
  const [pause] = await pauses(setting, [[{ bytes: `retry: 600\n${lines}retry\ndata: a\n\n` }]])
  isTrue(pause! >= 590 && pause! < 3000, `${pause} is about 600`)
})

specify('a retry counts as soon as its line ends, in an unfinished block too', async (setting) => {
  const [pause] = await pauses(setting, [[{ bytes: 'data: a\n\nretry: 600\n' }, { cut: 'fin' }]])
  isTrue(pause! >= 590 && pause! < 3000, `${pause} is about 600`)
})

specify('a huge retry is a long wait, not none', async ({ stage, open, record, play }) => {
  const values = ['2147483648', '99999999999', '1' + '0'.repeat(400)]
  const stages = await Promise.all(values.map((value) => stage([[{ bytes: `retry: ${value}\ndata: a\n\n` }], []])))
  const sources = stages.map(({ url }) => open(url))
  await Promise.all(sources.map((source) => record(source).until(3)))
  const other = await stage([[{ bytes: 'retry: 600\n\n' }]])
  await play(other.url)
  for (const [index, { requests }] of stages.entries()) {
    equal([(await requests(1)).length, sources[index]!.readyState], [1, 0], `retry: ${values[index]!.slice(0, 20)}`)
  }
})
