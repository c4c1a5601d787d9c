import type { Page } from 'playwright'

const DEADLINE_MS = 60_000

export type Name = 'eventwire' | "the browser's EventSource"

/** A figure of a reader's card, as it stands in the page. */
export async function figure(page: Page, name: Name, label: string): Promise<string> {
  const card = page.getByRole('region', { name, exact: true })
  return (await card.locator(`[data-figure="${label}"]`).textContent()) ?? ''
}

export async function phase(page: Page, name: Name): Promise<string> {
  return (await page.getByRole('region', { name, exact: true }).locator('.pill').textContent()) ?? ''
}

/** Looks again until `holds`, with a bound. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come to hold`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export const reaches = (page: Page, name: Name, [label, least]: readonly [string, number]): Promise<void> =>
  until(async () => Number(await figure(page, name, label)) >= least, `${name}: ${label} of ${least}`)

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()
