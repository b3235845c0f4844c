// Users and groups, read and edited as a test may: without a key, recorded as made by `test`.

import { segment } from './values.js';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const PAGE = 1000;

/** The attribute that names a resource besides its id. */
const NAMES = { users: 'userName', groups: 'displayName' };

export class ResourceCalls {
  constructor(api) {
    // Not enumerable, so that a tenant that is printed shows its addresses.
    Object.defineProperty(this, '_api', { value: api });
  }

  users(filter) {
    return listed(this._api, 'users', filter);
  }

  user(name) {
    return found(this._api, 'users', name);
  }

  newUser(user) {
    return this._api.call('POST', 'users', user);
  }

  changeUser(name, operations) {
    return change(this._api, 'users', name, operations);
  }

  deleteUser(name) {
    return remove(this._api, 'users', name);
  }

  groups(filter) {
    return listed(this._api, 'groups', filter);
  }

  group(name) {
    return found(this._api, 'groups', name);
  }

  newGroup(group) {
    return this._api.call('POST', 'groups', group);
  }

  changeGroup(name, operations) {
    return change(this._api, 'groups', name, operations);
  }

  deleteGroup(name) {
    return remove(this._api, 'groups', name);
  }
}

async function listed(api, kind, filter) {
  const resources = [];
  // A cursor holds a place, so no page is spoilt by a client that writes meanwhile (RFC 9865).
  let cursor = '';
  while (cursor !== undefined) {
    const page = await api.call('GET', kind, undefined, { query: { filter, count: PAGE, cursor } });
    resources.push(...(page.Resources ?? []));
    cursor = page.nextCursor;
  }
  return resources;
}

async function found(api, kind, name) {
  const text = JSON.stringify(name);
  const query = { filter: `id eq ${text} or ${NAMES[kind]} eq ${text}`, startIndex: 1, count: 1 };
  const page = await api.call('GET', kind, undefined, { query });
  return page.Resources?.[0] ?? null;
}

async function change(api, kind, name, operations) {
  const id = await idOf(api, kind, name);
  await api.call('PATCH', `${kind}/${id}`, { schemas: [PATCH], Operations: operations });
}

async function remove(api, kind, name) {
  await api.call('DELETE', `${kind}/${await idOf(api, kind, name)}`);
}

/** The id; for a name of nothing the name itself, which the server refuses with its guess at what was meant. */
async function idOf(api, kind, name) {
  return segment((await found(api, kind, name))?.id ?? name);
}
