import { startStageServer } from '../spec/eventsource/stage-server.js'

// For as long as the standard input is open.
const server = await startStageServer()
console.log(server.url)
process.stdin.resume().on('end', () => void server.close())
