// The page of examples/runs in Chromium, and readers beside it.
import { chromium } from 'playwright'
import { events } from 'eventwire/streams'
import { check, until } from './check.mjs'
import { LAUNCH } from '../../scripts/lib/browsers.mjs'

export const env = { WORD_MS: '100' }

const ANSWER = /^An answer .* that gives it\. $/

export async function test({ url, signal }) {
  await until(
    () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ),
    'the example',
    signal,
  )
  const browser = await chromium.launch(LAUNCH.chromium)
  try {
    const page = await (await browser.newContext()).newPage()
    await page.goto(url)
    await survivesReload(page, signal)
    await readsFromBoth(url, page, signal)
    await isStopped(page, signal)
    await isLostAndStartedAgain(page, signal)
  } finally {
    await browser.close()
  }
}

const textOf = (page, id) => page.locator(`#${id}`).textContent()
const stateIs = (page, state, signal) =>
  until(async () => (await textOf(page, 'state')) === state, `the state ${state}`, signal)
const words = async (page) => (await textOf(page, 'text')).split(' ').length - 1
const press = (page, name) => page.getByRole('button', { name }).click()

async function ask(page, signal) {
  const before = page.url()
  await press(page, 'Ask')
  await until(async () => page.url() !== before && (await words(page)) > 2, 'three words', signal)
  await stateIs(page, 'running', signal)
}

async function survivesReload(page, signal) {
  await ask(page, signal)
  const before = await textOf(page, 'text')
  await page.reload()
  const tab = await page.context().newPage()
  await tab.goto(page.url())
  for (const each of [page, tab]) {
    await until(async () => (await textOf(each, 'text')).startsWith(before), 'the text so far', signal)
    await stateIs(each, 'done', signal)
    check(ANSWER.test(await textOf(each, 'text')), 'the whole answer, once', await textOf(each, 'text'))
  }
  await tab.close()
}

/** Each server has the answer, also one that did not write it. */
async function readsFromBoth(url, page, signal) {
  const names = new Set()
  while (names.size < 2) {
    const answer = await fetch(new URL(`/answers/${new URL(page.url()).hash.slice(1)}`, url), { signal })
    names.add(answer.headers.get('x-server'))
    let text = ''
    for await (const { event, data } of events(answer)) if (event === 'word') text += data
    check(ANSWER.test(text), 'the whole answer, once', text)
  }
}

async function isStopped(page, signal) {
  await ask(page, signal)
  await press(page, 'Stop')
  await stateIs(page, 'stopped', signal)
  check(!ANSWER.test(await textOf(page, 'text')), 'a part of the answer', await textOf(page, 'text'))
}

async function isLostAndStartedAgain(page, signal) {
  await ask(page, signal)
  const tab = await page.context().newPage()
  await tab.goto(page.url())
  await stateIs(tab, 'running', signal)
  await press(page, 'Kill')
  for (const each of [page, tab]) await stateIs(each, 'lost', signal)
  await press(page, 'Start again')
  await stateIs(page, 'done', signal)
  check(ANSWER.test(await textOf(page, 'text')), 'the whole answer, once', await textOf(page, 'text'))
}
