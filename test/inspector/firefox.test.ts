import { browserNamed } from '../support/browsers.js'
import { describePageIn } from './inspector-page.js'

describePageIn(browserNamed('firefox'))
