/** Runs `run` and catches what the process would die of, before the test runner hears of it. */
export async function uncaughtInProcess(run: () => Promise<void>): Promise<unknown[]> {
  const reported: unknown[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => reported.push(error))
  try {
    await run()
    // What is reported comes after the promise jobs.
    await new Promise((resolve) => setTimeout(resolve))
  } finally {
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other)
  }
  return reported
}
