import { testFixtures } from '../support/fixtures-spec.js'

testFixtures('utf8-decoding')
