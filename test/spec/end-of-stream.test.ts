import { testFixtures } from '../support/fixtures-spec.js'

testFixtures('end-of-stream')
