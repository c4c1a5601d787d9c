// Runs the exchanges of one peer, in a process of its own: what a peer throws, leaks or leaves on the globals is its own affair.
// Sends its parent one message for each exchange, then ends.
import { pathToFileURL } from 'node:url'
import { runPeer } from './run-peer.mjs'

const [file, only] = process.argv.slice(2)
const uncaught = []
process.on('uncaughtException', (error) => uncaught.push(error))
process.on('unhandledRejection', (error) => uncaught.push(error))

const { default: peer } = await import(pathToFileURL(file).href)
try {
  for await (const result of runPeer(peer, { only, uncaught })) process.send(result)
} catch (error) {
  process.send({ failure: error?.stack ?? String(error) })
}
await peer.end?.()
process.exit()
