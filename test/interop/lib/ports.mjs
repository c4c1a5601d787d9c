import { connect } from 'node:net'
import { sleep, until } from './wait.mjs'

/** Waits until something listens there. `program` is what should, and tells why where it ended. */
export async function answers(port, program) {
  let over
  void program?.ended.then((how) => (over = how))
  await until(async () => {
    if (over) throw new Error(`it did not start: ${over.errors.slice(-1000)}`)
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (!open) await sleep(50)
    return open
  }, 'program that listens')
}
