// Tests with tenants of their own; some fail on purpose.
import { expect, test } from 'mediusflow-mock/playwright';

for (let n = 0; n < 6; n += 1) {
  test(`a tenant of its own, ${n}`, async ({ mediusflowTenant, request }) => {
    const answer = await request.post(`${mediusflowTenant.scimUrl}/Users`, {
      headers: { authorization: `Bearer ${mediusflowTenant.secretKey}`, 'content-type': 'application/scim+json' },
      data: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada@contoso.com' },
    });

    expect(answer.status()).toBe(201);
    await mediusflowTenant.waitFor('op:create');
    expect(await mediusflowTenant.users()).toHaveLength(1);
  });
}

test.describe('signed in', () => {
  test.use({ signInAs: 'ada@contoso.com', mediusflowTenantOptions: { users: 1 } });
  test.beforeEach(async ({ mediusflowTenant }) => {
    await mediusflowTenant.newUser({ userName: 'ada@contoso.com', displayName: 'Ada Berg' });
  });

  test('a page of somebody and a page of nobody', async ({ page, signedInPage, mediusflowTenant }) => {
    await signedInPage.goto(mediusflowTenant.url);
    await page.goto(mediusflowTenant.url);

    await expect(signedInPage.getByText('Ada Berg').first()).toBeVisible();
    await expect(page.getByText('How do you want to log in?')).toBeVisible();
    await expect(page.getByText('Ada Berg')).toHaveCount(0);
    expect(await mediusflowTenant.users()).toHaveLength(2);
  });

  test('somebody who is disabled is refused', async ({ mediusflowTenant, signedInPage }) => {
    await mediusflowTenant.changeUser('ada@contoso.com', [{ op: 'replace', path: 'active', value: false }]);
    const answer = await signedInPage.goto(mediusflowTenant.url);

    expect(answer.status()).toBe(403);
  });
});

test('fails with traffic', async ({ mediusflowTenant }) => {
  await mediusflowTenant.newUser({ userName: 'bo@contoso.com' });
  await mediusflowTenant.verify('op:delete', { count: 1 });
});

test('fails without somebody to sign in', async ({ signedInPage }) => {
  await signedInPage.goto('/');
});

test.describe('a stranger', () => {
  test.use({ signInAs: 'nobody@contoso.com' });
  test('fails with the reason', async ({ signedInPage }) => {
    await signedInPage.goto('/');
  });
});
