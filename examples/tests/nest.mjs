import { readNews } from './news.mjs'
import { test as readTicks } from './ticks.mjs'

export async function test(example) {
  await readTicks(example)
  await readNews(example.url, example.signal)
}
