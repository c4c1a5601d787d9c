import { createParser } from 'eventwire/parser'

setInterval(() => {}, 1000)

export default createParser
