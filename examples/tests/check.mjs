export function check(condition, what, found) {
  if (!condition) throw new Error(`expected ${what}, found ${JSON.stringify(found)}`)
}

/** Looks again until `holds`, or until `signal`. */
export async function until(holds, what, signal) {
  while (!(await holds())) {
    if (signal.aborted) throw new Error(`${what}: not within the time`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
