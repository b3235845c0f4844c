// The server does not start.
import { test } from 'node:test';

import { mediusflow } from 'mediusflow-mock/node-test';

const mock = mediusflow({ flags: ['--usrs'] });

test('says why', (t) => mock.tenant(t));
test('says it again', (t) => mock.tenant(t));
