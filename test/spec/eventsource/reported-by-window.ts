/** What a page reports as uncaught while `run` goes on. */
export async function reportedByWindow(run: () => Promise<void>): Promise<unknown[]> {
  const reported: unknown[] = []
  const listener = (event: ErrorEvent): void => {
    reported.push(event.error)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  window.addEventListener('error', listener, { capture: true })
  try {
    await run()
    await new Promise((resolve) => setTimeout(resolve))
  } finally {
    window.removeEventListener('error', listener, { capture: true })
  }
  return reported
}
