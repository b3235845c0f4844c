// The admin console, by the words on its pages.

export const GUID = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";
export const TAB = "admin/user-provisioning-configuration";

export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const at = (ready, below) => `${ready.url}/${ready.tenant}/${below}`;
export const keyField = (page) => page.getByRole("textbox", { name: "Secret key" });
export const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

// Step 1.
export async function logIn(page, ready) {
  await page.goto(`${ready.url}/admin/`);
  await page.getByLabel("MediusFlow tenant name").fill(ready.tenant);
  await button(page, "Authenticate").click();
  await page.waitForURL(/\/admin\/[a-z-]+/);
}

// Steps 1 to 5.
export async function integrate(page, ready) {
  await logIn(page, ready);
  await button(page, "Verify").click();
  await page.getByText(`Verified: ${ready.tenant}`).waitFor();
  await page.getByLabel("Microsoft Entra tenant ID", { exact: true }).fill(GUID);
  await button(page, "Save configuration").click();
  await page.getByText(`Saved: ${GUID}`).waitFor();
  await page.getByLabel("Use user provisioning").check();
  await button(page, "OK").click();
  await page.waitForURL(/user-provisioning-configuration/);
}
