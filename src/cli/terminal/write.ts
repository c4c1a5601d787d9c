import { once } from 'node:events'

/** Writes to stdout and waits where it is full, so that a slow pipe slows the stream down and not the heap. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** A line about what happens, beside the data. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}
